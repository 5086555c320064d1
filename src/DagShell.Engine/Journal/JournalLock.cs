namespace DagShell.Engine.Journal;

/// <summary>
/// Keeps other runs off a journal, also those of other processes, and leaves readers alone. The lock is on the file itself, under whichever
/// name or link it was opened; the operating system takes it away with the process, however that ends.
/// </summary>
internal static class JournalLock
{
    /// <summary>
    /// Elsewhere than on Linux, who looks whether a lock is held holds it for a moment himself, so it is asked for a few times.
    /// </summary>
    private const int Tries = 5;

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens a journal, or makes a new one, for this run alone.</summary>
    /// <exception cref="JournalInUseException">Another run has it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            FileStream? stream = null;
            try
            {
                stream = OwnersFile.OpenOrCreate(path, FileShare.Read | FileShare.Delete);
                if (OperatingSystem.IsWindows() || UnixFile.TryLock(stream.SafeFileHandle))
                {
                    return stream;
                }
            }
            catch (IOException exception) when (IsSharingViolation(exception))
            {
                // On Windows a run shares its journal with readers alone.
            }

            stream?.Dispose();
            if (attempt == Tries)
            {
                throw new JournalInUseException($"Another run is using the journal '{path}'.");
            }

            Thread.Sleep(TimeBetweenTries);
        }
    }

    /// <summary>Closes a journal that this run had, and lets others have it.</summary>
    /// <exception cref="IOException">What was left to write could not be.</exception>
    public static void Close(FileStream stream)
    {
        // Its handle may be closed already.
        if (stream.CanWrite && !stream.SafeFileHandle.IsClosed)
        {
            UnixFile.GiveBack(stream.SafeFileHandle);
        }

        stream.Dispose();
    }

    /// <summary>Opens a journal for reading, whoever writes to it.</summary>
    public static FileStream OpenToRead(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        UnixFile.LetGo(stream.SafeFileHandle);
        return stream;
    }

    /// <summary>Whether a run has a journal. Nothing is changed.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            FileShare share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.ReadWrite | FileShare.Delete;
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, share, bufferSize: 0);
            return !OperatingSystem.IsWindows() && UnixFile.IsLocked(stream.SafeFileHandle);
        }
        catch (IOException exception)
        {
            return IsSharingViolation(exception);
        }
        catch (UnauthorizedAccessException)
        {
            // It cannot be read either, and that is told.
            return false;
        }
    }

    /// <summary>ERROR_SHARING_VIOLATION; EWOULDBLOCK on Linux, on macOS.</summary>
    private static bool IsSharingViolation(IOException exception) =>
        exception.GetType() == typeof(IOException) && exception.HResult is unchecked((int)0x80070020) or 11 or 35;
}
