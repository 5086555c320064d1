using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using DagShell.Engine.Running;

namespace DagShell.Logs;

/// <summary>
/// A run as plain lines in a file that its owner alone may read: starts, retries, ends, and all that nodes say. Lines are added to what is
/// there.
/// </summary>
/// <remarks>
/// Lines come from any thread, also from under the scheduler's lock. A thread of its own writes them, and flushes when no more are waiting.
/// </remarks>
internal sealed class LogFile : IRunObserver, IDisposable
{
    private const string ErrorId = "DagLogFailed";

    /// <summary>How long the end of a run waits for its last lines to be written.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromMilliseconds(500);

    private readonly BlockingCollection<string> _lines = [];
    private readonly string _path;
    private readonly StreamWriter _writer;
    private readonly Thread _thread;
    private readonly int[] _ends = new int[Enum.GetValues<NodeState>().Length];
    private DagRun? _run;
    private volatile string? _problem;

    private LogFile(string path, FileStream file)
    {
        _path = path;
        _writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "DagShell log" };
        _thread.Start();
    }

    /// <summary>That not all lines could be written; null while all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Opens a file to add to, or makes it.</summary>
    /// <param name="path">A path, relative to the current location.</param>
    /// <param name="paths">The caller's location.</param>
    /// <exception cref="CommandErrorException">It is no file that can be written, or another run writes to it.</exception>
    public static LogFile Open(string path, PathIntrinsics paths)
    {
        string file;
        try
        {
            file = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            if (provider.Name != "FileSystem")
            {
                throw Error(Messages.LogPathNotAFile(path), null, path);
            }
        }
        catch (RuntimeException exception)
        {
            throw Error(Messages.LogNotOpened(path, exception.Message), exception, path);
        }

        try
        {
            return new LogFile(file, OpenForOwner(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Error(Messages.LogNotOpened(file, exception.Message), exception, path);
        }
    }

    /// <summary>Notes that the run begins.</summary>
    public void Begin(DagRun run)
    {
        _run = run;
        Write(Messages.RunBegun(run.Name, run.Id, run.NodeCount));
    }

    /// <summary>Writes a line that a node said.</summary>
    public void Write(string node, DagLogLine line) => Write(Messages.LogLine(node, line), line.Time);

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt)
    {
        if (!attempt.IsInquiry)
        {
            Write(Messages.LogStart(attempt.Name, attempt.Number));
        }
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay) => WriteWait(_run!.Graph[node].Name, failure, delay);

    /// <inheritdoc/>
    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay) =>
        WriteWait(NodeItems.NameOf(_run!.Graph[node].Name, item), failure, delay);

    /// <inheritdoc/>
    public void ItemFinished(int node, NodeItems items, int item)
    {
        var ended = DagNodeItem.At(_run!.Graph[node].Name, items, item);
        Write(EndText.Of(ended), node: ended.Name);
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result)
    {
        _ends[(int)result.State]++;
        Write(EndText.Of(new DagNodeResult(result, _run!)), node: result.Node.Name);
    }

    /// <inheritdoc/>
    public void RunEnded(RunStatus status, DateTimeOffset time) => Write(Messages.LogEnd(
        status, time.LocalDateTime - _run!.StartTime, _ends.Select(static (count, state) => ((NodeState)state, count))));

    /// <summary>Writes what is still to be written, and closes the file.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _thread.Join(CloseTime);
    }

    private static FileStream OpenForOwner(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        try
        {
            // A device is everybody's.
            if (!OperatingSystem.IsWindows() && !path.StartsWith("/dev/", StringComparison.Ordinal))
            {
                File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            if (file.CanSeek)
            {
                file.Seek(0, SeekOrigin.End);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static CommandErrorException Error(string message, Exception? cause, string path) =>
        new(new PSArgumentException(message, cause), ErrorId, ErrorCategory.OpenError, path);

    private void WriteWait(string name, NodeFailure failure, TimeSpan delay) =>
        Write(Messages.Waiting(name, failure.Kind, failure.Message, delay), node: name);

    /// <summary>Writes a text, with the node's name in front of each line of it.</summary>
    private void Write(string text, DateTime? time = null, string? node = null)
    {
        string start = (time ?? DateTime.Now).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz ", CultureInfo.InvariantCulture);
        bool isFirst = true;
        foreach (string line in PlainText.LinesOf(text))
        {
            try
            {
                _lines.Add(isFirst || node is null ? start + line : $"{start}[{node}] {line}");
                isFirst = false;
            }
            catch (InvalidOperationException)
            {
                // It is closed: what comes now comes from a node that was given up.
                return;
            }
        }
    }

    private void WriteAll()
    {
        try
        {
            using (_writer)
            {
                foreach (string line in _lines.GetConsumingEnumerable())
                {
                    _writer.WriteLine(line);
                    if (_lines.Count == 0)
                    {
                        _writer.Flush();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problem = Messages.LogLost(_path, exception.Message);
            _lines.CompleteAdding();
        }
    }
}
