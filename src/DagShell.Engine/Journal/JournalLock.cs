using System.Security.Cryptography;

namespace DagShell.Engine.Journal;

/// <summary>
/// Keeps other runs off a journal, also those of other processes, and leaves readers alone: a lock on a file beside it, which is
/// there as long as the run. The operating system takes the lock away with the process, however that ends; a file that was left
/// behind does no harm.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    /// <summary>Who looks whether a lock is held holds it for a moment himself, so it is asked for a few times.</summary>
    private const int Tries = 5;

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly FileStream _stream;

    private JournalLock(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <exception cref="JournalInUseException">Somebody else has the lock.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static JournalLock Take(string journal)
    {
        string path = journal + ".lock";
        for (int attempt = 1; ; attempt++)
        {
            FileStream stream;
            try
            {
                stream = Open(journal, path);
            }
            catch (JournalInUseException) when (attempt < Tries)
            {
                Thread.Sleep(TimeBetweenTries);
                continue;
            }

            if (OperatingSystem.IsWindows() || IsAt(path, stream))
            {
                return new JournalLock(path, stream);
            }

            stream.Dispose();
        }
    }

    /// <summary>Whether a run has the lock. Neither the journal nor the lock's file is changed.</summary>
    public static bool IsHeld(string journal)
    {
        try
        {
            using FileStream stream = new(journal + ".lock", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException exception)
        {
            return IsLocked(exception);
        }
        catch (UnauthorizedAccessException)
        {
            // Somebody else's, who has let us read the journal: whether he still writes to it is not for us to know.
            return false;
        }
    }

    public void Dispose()
    {
        try
        {
            // While it is locked: whoever opened it before sees that it is gone when the lock is his. Windows would not let go
            // of a file that is open, and keeps it.
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays.
        }

        _stream.Dispose();
    }

    private static FileStream Open(string journal, string path)
    {
        try
        {
            return OwnersFile.OpenOrCreate(path, FileShare.None);
        }
        catch (IOException exception) when (IsLocked(exception))
        {
            throw new JournalInUseException($"Another run is using the journal '{journal}'.", exception);
        }
    }

    /// <summary>ERROR_SHARING_VIOLATION; EWOULDBLOCK on Linux, on macOS.</summary>
    private static bool IsLocked(IOException exception) =>
        exception.GetType() == typeof(IOException) && exception.HResult is unchecked((int)0x80070020) or 11 or 35;

    /// <summary>Whether the locked file still lies where it was opened, and not another one: both are told apart by a time that only this one has.</summary>
    private static bool IsAt(string path, FileStream stream)
    {
        var mark = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(RandomNumberGenerator.GetInt32(int.MaxValue) / 4);
        File.SetLastWriteTimeUtc(stream.SafeFileHandle, mark);
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == mark;
    }
}
