using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using Microsoft.Win32.SafeHandles;
using Xunit;
using static DagShell.Engine.Tests.Journal.JournalFolder;

namespace DagShell.Engine.Tests.Journal;

/// <summary>
/// A journal is one run's, its owner's and a file's; and it stays the one that the run writes to, or the run hears of it.
/// </summary>
public sealed class JournalGuardTests : IDisposable
{
    private const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode Enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("itself")]
    [InlineData("link")]
    [InlineData("hard link")]
    [InlineData("linked folder")]
    [InlineData("letter case")]
    public void A_run_has_its_journal_to_itself_under_whichever_name(string name)
    {
        string other = Path.Combine(_folder.Folder, "other");
        using RunJournal journal = _folder.Begin(isResumed: false, "A");
        string path = name switch
        {
            "link" => File.CreateSymbolicLink(other, _folder.Path).FullName,
            "hard link" => HardLink(_folder.Path, other),
            "linked folder" => Path.Combine(Directory.CreateSymbolicLink(other, _folder.Folder).FullName, "journal"),
            "letter case" => Path.Combine(_folder.Folder, "JOURNAL"),
            _ => _folder.Path,
        };
        if (!File.Exists(path))
        {
            // The letter case, where it counts.
            return;
        }

        Assert.Throws<JournalInUseException>(() => JournalFile.Open(path));
        Assert.True(JournalReader.IsInUse(path));
        journal.Dispose();
        Assert.False(JournalReader.IsInUse(path));
        JournalFile.Open(path).Dispose();
    }

    [Fact]
    public void A_file_of_the_users_beside_it_is_left_alone()
    {
        string own = _folder.Path + ".lock";
        File.WriteAllText(own, "mine");
        using (RunJournal journal = _folder.Begin(isResumed: false, "A"))
        {
            Succeed(journal, 0, "a");
        }

        Assert.Equal("mine", File.ReadAllText(own));
        Assert.Equal([_folder.Path, own], Directory.GetFiles(_folder.Folder).Order());
    }

    [Fact]
    public void Who_reads_does_not_keep_a_run_off_nor_does_a_run_keep_readers_off()
    {
        _folder.Begin(isResumed: false, "A").Dispose();
        using FileStream reader = new(_folder.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.False(OperatingSystem.IsLinux() && JournalReader.IsInUse(_folder.Path));
        using RunJournal journal = _folder.Begin(isResumed: false, "A");
        Assert.NotEmpty(File.ReadAllLines(_folder.Path));
        _folder.Read();

        // Readers that come and go take no lock of the run's away.
        Assert.True(JournalReader.IsInUse(_folder.Path));
        Assert.Throws<JournalInUseException>(() => JournalFile.Open(_folder.Path));
    }

    [Fact]
    public void A_program_that_is_being_started_when_the_run_ends_does_not_keep_its_journal()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        RunJournal journal = _folder.Begin(isResumed: false, "A");
        int own = Directory.GetFiles("/proc/self/fd").Where(file => new FileInfo(file).LinkTarget == _folder.Path)
            .Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture)).Single();

        // A child process has copies of all descriptors until it runs its program.
        using var copy = new SafeFileHandle(Duplicate(own), ownsHandle: true);
        journal.Dispose();
        Assert.False(JournalReader.IsInUse(_folder.Path));
        JournalFile.Open(_folder.Path).Dispose();
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("linked pipe")]
    public void What_is_no_file_is_refused_at_once_and_left_alone(string what)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string path = what[0] == '/' ? what : _folder.Path;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        switch (what)
        {
            case "pipe":
                Run("mkfifo", path);
                break;
            case "linked pipe":
                Run("mkfifo", path + "2");
                File.CreateSymbolicLink(path, path + "2");
                break;
            case "socket":
                socket.Bind(new UnixDomainSocketEndPoint(path));
                break;
        }

        foreach (Action use in new Action[]
        {
            () => JournalFile.Open(path), () => JournalFile.Open(path, startsOver: true), () => JournalReader.Read(path), () =>
                JournalReader.IsInUse(path),
        })
        {
            JournalException exception = Assert.Throws<JournalException>(use);
            Assert.True(exception.IsForeign);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_file_is_for_its_owner_alone_also_if_it_was_there_before()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        _folder.Begin(isResumed: false, "A").Dispose();
        Assert.Equal(OwnersFile.Mode, File.GetUnixFileMode(_folder.Path));

        File.SetUnixFileMode(_folder.Path, All);
        using (JournalFile file = JournalFile.Open(_folder.Path))
        {
            // It may turn out not to be wanted yet.
            Assert.Equal(All, File.GetUnixFileMode(_folder.Path));
            file.Begin(Header(false, [], ["A"]), GraphOf(["A"]), (_, _) => null).Dispose();
        }

        Assert.Equal(OwnersFile.Mode, File.GetUnixFileMode(_folder.Path));

        File.WriteAllText(_folder.Path, "a letter");
        File.SetUnixFileMode(_folder.Path, All);
        Assert.Throws<JournalException>(() => JournalFile.Open(_folder.Path));
        Assert.Equal(All, File.GetUnixFileMode(_folder.Path));
    }

    [Fact]
    public void A_folder_that_everybody_may_write_to_is_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Null(FolderOpenToAll(_folder.Path));
        string open = Directory.CreateDirectory(Path.Combine(_folder.Folder, "open"), All | Enter).FullName;
        File.SetUnixFileMode(open, All | Enter);
        Assert.Equal(open, FolderOpenToAll(Path.Combine(open, "journal")));
        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "link"), Path.Combine(open, "journal"));
        Assert.Equal(open, FolderOpenToAll(Path.Combine(_folder.Folder, "link")));
        File.SetUnixFileMode(open, All | Enter | UnixFileMode.StickyBit);
        Assert.Null(FolderOpenToAll(Path.Combine(open, "journal")));

        static string? FolderOpenToAll(string path)
        {
            using JournalFile file = JournalFile.Open(path);
            return file.FolderOpenToAll;
        }
    }

    [Theory]
    [InlineData("deleted", "deleted")]
    [InlineData("moved", "deleted")]
    [InlineData("replaced by a copy", "replaced")]
    [InlineData("replaced by another file", "replaced")]
    [InlineData("emptied", "cut short")]
    [InlineData("cut short", "cut short")]
    [InlineData("written to", "written to")]
    public void A_file_that_is_not_what_the_run_wrote_any_more_is_noticed_and_left_as_it_is(string how, string told)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (bool isLinked in new[] { false, true })
        {
            string path = isLinked ? _folder.Path + " linked" : _folder.Path;
            if (isLinked)
            {
                File.CreateSymbolicLink(path, path + "2");
            }

            using JournalFile file = JournalFile.Open(path);
            using RunJournal journal =
                file.Begin(Header(false, [], ["A", "B"]), GraphOf(["A", "B"]), (success, _) => (string?)success.Output);
            Succeed(journal, 0, "a");
            Assert.Null(journal.Failure);
            Harm(how, path);
            byte[]? left = File.Exists(path) ? File.ReadAllBytes(path) : null;

            // A copy of the same length is no other file until something is to be written.
            Succeed(journal, 1, "b");
            Assert.Contains(told, journal.Failure?.Message, StringComparison.Ordinal);
            Assert.Contains(path, journal.Failure!.Message, StringComparison.Ordinal);
            Assert.True(journal.Lost.IsCancellationRequested);
            journal.End(RunStatus.Failed, Start);
            if (how != "replaced by a copy" && left is not null)
            {
                Assert.Equal(left, File.ReadAllBytes(path));
            }
        }
    }

    [Fact]
    public void It_is_noticed_also_while_nothing_is_written()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using RunJournal journal = _folder.Begin(isResumed: false, "A");
        File.Delete(_folder.Path);

        Assert.True(journal.Lost.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void What_was_cut_short_can_be_gone_on_with()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using (RunJournal journal = _folder.Begin(isResumed: false, "A", "B"))
        {
            Succeed(journal, 0, "a");
            Harm("cut short", _folder.Path);
            Succeed(journal, 1, "b");
        }

        Assert.True(_folder.Read().IsTorn);
        Assert.Empty(_folder.Read().Done);
    }

    [Fact]
    public async Task A_text_that_is_being_made_is_given_up_when_the_run_is_stopped()
    {
        using JournalFile file = JournalFile.Open(_folder.Path);
        using var waits = new ManualResetEventSlim();
        using RunJournal journal = file.Begin(Header(false, [], ["A"]), GraphOf(["A"]), (_, stop) =>
        {
            waits.Set();
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
            return "never";
        });
        using var recorded = new ManualResetEventSlim();
        Task record = Task.Run(() => journal.Record(new NodeSuccess(0, null, 1, Start, Start), _ => recorded.Set()));
        waits.Wait();
        journal.StopRecording();
        recorded.Wait();

        Assert.Empty(_folder.Read().Done);
        await record;
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);

    private static void Harm(string how, string path)
    {
        string file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        switch (how)
        {
            case "deleted":
                File.Delete(path);
                break;
            case "moved":
                File.Move(path, path + " elsewhere");
                break;
            case "replaced by a copy":
                File.Copy(file, file + " copy");
                File.Move(file + " copy", file, overwrite: true);
                break;
            case "replaced by another file":
                File.WriteAllText(file + " other", "other");
                File.Move(file + " other", file, overwrite: true);
                break;
            case "written to":
                Change(stream => stream.Write("x"u8));
                break;
            default:
                Change(stream => stream.SetLength(how == "emptied" ? 0 : stream.Length - 10));
                break;
        }

        void Change(Action<FileStream> change)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            stream.Seek(0, SeekOrigin.End);
            change(stream);
        }
    }

    private static string HardLink(string path, string link)
    {
        if (OperatingSystem.IsWindows())
        {
            Run("cmd", "/c", "mklink", "/h", link, path);
        }
        else
        {
            Run("ln", path, link);
        }

        return link;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
