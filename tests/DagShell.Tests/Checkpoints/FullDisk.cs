using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DagShell.Tests.Checkpoints;

/// <summary>Makes a file that this process has open one that nothing more can be written to, as on a disk that is full. On Linux.</summary>
internal static class FullDisk
{
    public static bool IsThere => File.Exists("/dev/full");

    /// <summary>Has all that is written to the file from now on fail. What is in it stays.</summary>
    public static void Fill(string path)
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        int found = 0;
        foreach (string link in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (new FileInfo(link).LinkTarget == path)
            {
                int descriptor = int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture);
                Assert.Equal(descriptor, Duplicate((int)full.DangerousGetHandle(), descriptor));
                found++;
            }
        }

        Assert.Equal(1, found);
    }

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int from, int to);
}
