using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DagShell.Engine.Journal;

/// <summary>What .NET does not tell or do with files on Unix: which kind a file is of, and locks that do not keep readers off.</summary>
/// <remarks>
/// The locks that .NET itself takes are no use here: a shared one keeps no other run off, and an exclusive one keeps readers off. On Linux
/// a lock of the open file description does neither; it belongs to the file, whatever names and links it has, and goes with the process.
/// Elsewhere
/// <c>flock</c> has to do: held shared by who has shown, by taking it exclusively for a moment, that nobody else holds it.
/// </remarks>
internal static class UnixFile
{
    private const int GetDescriptionLock = 36;
    private const int SetDescriptionLock = 37;
    private const short ReadLock = 0;
    private const short WriteLock = 1;
    private const short NoLock = 2;

    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int AtOnce = 4;
    private const int Unlock = 8;

    private const int CurrentFolder = -100;
    private const uint TypeAndMode = 0x3;
    private const int KindMask = 0xF000;

    private static readonly bool HasDescriptionLocks = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>
    /// What kind of file lies at a path, in a user's words, if it is neither an ordinary file nor a folder. Nothing is opened.
    /// </summary>
    /// <returns><see langword="null"/> for files and folders, for nothing at all, and where the system cannot be asked.</returns>
    public static string? SpecialKindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> status = stackalloc byte[256];
        try
        {
            if (Status(CurrentFolder, Encoding.UTF8.GetBytes(path + "\0"), 0, TypeAndMode, ref MemoryMarshal.GetReference(status)) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return (MemoryMarshal.Read<ushort>(status[28..]) & KindMask) switch
        {
            0x1000 => "a pipe",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    /// <summary>Takes the lock of a file that is open for writing, until it is closed.</summary>
    /// <returns><see langword="false"/> if somebody else has it; <see langword="true"/> also on a file system that has no locks.</returns>
    public static bool TryLock(SafeFileHandle file)
    {
        if (HasDescriptionLocks)
        {
            var range = new FileRange { Type = WriteLock };
            return Control(file, SetDescriptionLock, ref range) == 0 || !IsTaken(Marshal.GetLastPInvokeError());
        }

        bool isFree = Lock(file, Exclusive | AtOnce) == 0 || !IsTaken(Marshal.GetLastPInvokeError());
        _ = Lock(file, isFree ? Shared | AtOnce : Unlock);
        return isFree;
    }

    /// <summary>
    /// Gives back the lock of a file, for all who have it. To close the file is not enough: a program that is being started has a copy of
    /// its descriptor until it runs, and with it the lock.
    /// </summary>
    public static void GiveBack(SafeFileHandle file)
    {
        if (HasDescriptionLocks)
        {
            var range = new FileRange { Type = NoLock };
            _ = Control(file, SetDescriptionLock, ref range);
        }
        else if (!OperatingSystem.IsWindows())
        {
            _ = Lock(file, Unlock);
        }
    }

    /// <summary>Whether somebody else has the lock of a file that is open for reading.</summary>
    public static bool IsLocked(SafeFileHandle file)
    {
        if (HasDescriptionLocks)
        {
            var range = new FileRange { Type = ReadLock };
            return Control(file, GetDescriptionLock, ref range) == 0 && range.Type != NoLock;
        }

        bool isTaken = Lock(file, Exclusive | AtOnce) != 0 && IsTaken(Marshal.GetLastPInvokeError());
        LetGo(file);
        return isTaken;
    }

    /// <summary>
    /// Gives back the lock that .NET took when it opened a file for reading, where a run that starts would take it for that of another.
    /// </summary>
    public static void LetGo(SafeFileHandle file)
    {
        if (!HasDescriptionLocks && !OperatingSystem.IsWindows())
        {
            _ = Lock(file, Unlock);
        }
    }

    /// <summary>EACCES; EAGAIN on Linux, on macOS.</summary>
    private static bool IsTaken(int error) => error is 13 or 11 or 35;

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle file, int command, ref FileRange range);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Lock(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(int folder, byte[] path, int flags, uint mask, ref byte status);

    /// <summary><c>struct flock</c> of 64-bit Linux; all of the file where nothing is said of start and length.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileRange
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
