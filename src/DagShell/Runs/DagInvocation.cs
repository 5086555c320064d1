using System.Diagnostics;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.CI;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Hosts;
using DagShell.Logs;
using DagShell.Results;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>
/// One run, seen from the thread of Invoke-Dag: starts it, writes what happens to the pipeline as it happens, and leaves
/// nothing behind, however it ends.
/// </summary>
internal sealed class DagInvocation : IEndedBySignal
{
    /// <summary>How long the run may take to stop: the engine's grace period, and a little for its timers to be late.</summary>
    private static readonly TimeSpan StopTime = RunTimes.GracePeriod + TimeSpan.FromMilliseconds(500);

    /// <summary>Of how many failed nodes the error that ends the command tells the cause.</summary>
    private const int ShownFailures = 10;

    /// <summary>Characters of each such cause; the whole of it is in the node's result.</summary>
    private const int LongestCause = 400;

    private readonly IRunOutput _output;
    private readonly Scheduler _scheduler;
    private readonly RunEventQueue _events;
    private readonly IScriptRunner _runner;
    private readonly bool _showsVerbose;
    private readonly NodeStreamWriter _streams;
    private readonly NodeGroups? _groups;
    private readonly RunProgress? _progress;
    private readonly bool _stopsOnError;
    private readonly bool _showsErrors;
    private readonly RunJournal? _journal;
    private readonly LogFile? _log;
    private readonly List<DagNodeResult> _failed = [];
    private readonly IReadOnlySet<string> _targets;
    private readonly TimeSpan _cleanUpTime;
    private readonly TimeSpan _endOfSessionsTime;

    /// <summary>Nodes that failed and have a fallback that may stand for them; the pipeline's thread alone knows them.</summary>
    private readonly Dictionary<int, DagNodeResult> _undecided = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _wasStopped;
    private volatile bool _isExiting;

    /// <summary>Prepares a run.</summary>
    /// <param name="output">Where everything is written to.</param>
    /// <param name="scheduler">The run in the engine.</param>
    /// <param name="events">What the scheduler and the runner report to.</param>
    /// <param name="runner">Does the nodes' work; disposed of at the end of the run.</param>
    /// <param name="run">What the user sees of the run.</param>
    /// <param name="preferences">What the caller wants to see.</param>
    /// <param name="cleanUpTimeout">How long clean-up may take after a stop; null for as long as usual.</param>
    /// <param name="targets">The nodes that were asked for by name; a warning tells if they are skipped.</param>
    /// <param name="journal">The run's journal, if it keeps one; closed at the end of the run.</param>
    /// <param name="log">The file that the run is written to, if there is one; closed at the end of the run.</param>
    /// <param name="ci">How the CI system is told; null where there is none.</param>
    public DagInvocation(
        IRunOutput output,
        Scheduler scheduler,
        RunEventQueue events,
        IScriptRunner runner,
        DagRun run,
        CallerPreferences preferences,
        TimeSpan? cleanUpTimeout,
        IReadOnlySet<string> targets,
        RunJournal? journal = null,
        LogFile? log = null,
        CICommands? ci = null)
    {
        _cleanUpTime = cleanUpTimeout ?? RunTimes.CleanUpAfterStop;
        _endOfSessionsTime = cleanUpTimeout ?? RunTimes.CleanUpAfterTimeout;
        _targets = targets;
        _output = output;
        _scheduler = scheduler;
        _events = events;
        _runner = runner;
        _showsVerbose = preferences.ShowsVerbose;
        _stopsOnError = preferences.StopsOnError;
        _showsErrors = preferences.ShowsErrors;
        _journal = journal;
        _log = log;
        _streams = new NodeStreamWriter(output, _stopsOnError, isGrouped: ci is not null);
        _groups = ci is null ? null : new NodeGroups(ci, output, _streams);
        _progress = preferences.ShowsProgress ? new RunProgress(output, scheduler, run.Name, TimeProvider.System) : null;
        Run = run;
        run.Follow(scheduler);
    }

    /// <summary>What the user sees of the run.</summary>
    public DagRun Run { get; }

    /// <summary>Whether the caller has stopped it.</summary>
    public bool WasStopped => _wasStopped || _isExiting;

    /// <summary>Whether what is said at the end goes past the pipeline, which takes nothing any more.</summary>
    private bool ClosesAfterStop => WasStopped && !_output.TakesMoreAfterStop;

    /// <summary>How long it may take from a stop to the end.</summary>
    public TimeSpan LongestEnd => StopTime
        + (_scheduler.HasCleanUpLeft || _runner.EndsSessions ? _cleanUpTime + StopTime : TimeSpan.Zero);

    /// <summary>Runs to the end. To be called once, on the pipeline's thread.</summary>
    /// <returns>The error to end the command with, if the caller wants errors to end commands and a node failed.</returns>
    public ErrorRecord? Invoke()
    {
        TerminationSignals.Watch(this);
        _runner.RunAround(RunToEnd, Stop, End);
        if (_log?.Problem is { } problem)
        {
            _output.WriteWarning(null, problem);
        }

        if (_showsVerbose && !WasStopped)
        {
            _output.WriteVerbose(null, Messages.AtTime(DateTime.Now, Messages.RunFigures(RunSnapshots.Of(Run).Figures)));
        }

        if (_scheduler.HasTimedOut)
        {
            _groups?.Annotate(Messages.RunTimedOut(_scheduler.Counts));
        }

        ErrorRecord? error = FinalError();
        if (_showsErrors && !ClosesAfterStop)
        {
            // Those that an error tells are not told twice.
            _output.WriteLines(Closing(withNodes: error is null));
        }

        return error;
    }

    /// <summary>What is said at the end. What nodes failed with is no command for a CI system.</summary>
    private IReadOnlyList<string> Closing(bool withNodes)
    {
        IReadOnlyList<string> lines = RunClosing.Of(Run, withNodes);
        return _groups is null ? lines : [.. lines.Select(CICommands.Told)];
    }

    private void RunToEnd()
    {
        _scheduler.Start();
        _ = _scheduler.Completion.ContinueWith(
            _ => _events.Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!_scheduler.Completion.IsCompleted)
        {
            if (_wasStopped && !_output.TakesMoreAfterStop)
            {
                // What is still to come the pipeline would refuse.
                throw new PipelineStoppedException();
            }

            // Asked before the events are written: so what is told of the start of an attempt is written before it runs here.
            bool hasWork = _runner.HasWorkForCaller;
            WriteEvents();
            _progress?.Update();
            if (hasWork)
            {
                _runner.RunForCaller(Stop);
            }
            else
            {
                _events.Wait(_progress is null ? Timeout.InfiniteTimeSpan : RunProgress.Interval);
            }
        }

        WriteEvents();
        if (_runner.EndsSessions)
        {
            if (_wasStopped && !_output.TakesMoreAfterStop)
            {
                // Nothing more can run in a pipeline that is being stopped, but in its end.
                throw new PipelineStoppedException();
            }

            _runner.LimitEndOfSessions(_wasStopped ? _cleanUpTime : _endOfSessionsTime);
            _runner.Dispose();
            WriteEvents();
        }

        _groups?.EndAll();
        Run.End(_scheduler.Completion.Result, DateTime.Now);
        _progress?.Close();
    }

    /// <summary>Leaves nothing behind, however the run ended.</summary>
    private void End()
    {
        // After an error in the pipeline, Ctrl+C, or Select-Object -First: whatever still runs is stopped here.
        if (!_scheduler.Completion.IsCompleted)
        {
            Stop(byCaller: false);
            EndAfterStop();
        }

        if (_runner.EndsSessions)
        {
            _runner.Dispose();
        }

        if (Run.EndTime is null)
        {
            NoteResults();
            _groups?.EndAfterStop();
            Run.End(_scheduler.Completion.IsCompleted ? _scheduler.Completion.Result : RunStatus.Cancelled, DateTime.Now);
            _progress?.Close();
        }

        CloseJournal();
        if (_showsErrors && ClosesAfterStop)
        {
            foreach (string line in Closing(withNodes: true))
            {
                _output.WriteLineAfterStop(line);
            }
        }

        _runner.Dispose();
        _log?.Dispose();
        _events.Dispose();
        _ended.SetResult();
        if (_isExiting)
        {
            // The process ends with the signal; nothing of the script around is to run before.
#pragma warning disable RS0030 // Nothing is waited for but the end of the process.
            Thread.Sleep(StopTime);
#pragma warning restore RS0030
        }

        TerminationSignals.Forget(this);
    }

    /// <summary>Stops the run. Called on another thread; <see cref="Invoke"/> then returns within <see cref="LongestEnd"/>.</summary>
    public void Stop() => Stop(byCaller: true);

    /// <summary>Ends the clean-up of a run that was stopped. Called on any thread.</summary>
    public void StopCleanUp()
    {
        _runner.LimitEndOfSessions(TimeSpan.Zero);
        _journal?.StopRecordingCleanUp();
        _scheduler.StopCleanUp();
    }

    /// <inheritdoc/>
    public void StopBeforeExit()
    {
        _isExiting = true;
        Stop(byCaller: false);
    }

    /// <inheritdoc/>
    public void WaitForEnd() => _ended.Task.Wait(LongestEnd + StopTime);

    private void Stop(bool byCaller)
    {
        _wasStopped |= byCaller;
        _runner.LimitEndOfSessions(_cleanUpTime);
        _journal?.StopRecording();
        _scheduler.Stop();
    }

    /// <summary>
    /// Waits for clean-up after a stop, and says on the host what comes of it, since the pipeline takes nothing any more.
    /// </summary>
    private void EndAfterStop()
    {
        long start = Stopwatch.GetTimestamp();
        while (!_scheduler.Completion.IsCompleted && Stopwatch.GetElapsedTime(start) < LongestEnd)
        {
            bool hasWork = _runner.HasWorkForCaller;
            NoteResults();
            if (hasWork)
            {
                _runner.RunForCaller(StopCleanUp);
            }
            else
            {
                _events.Wait(RunProgress.Interval);
            }
        }

        _runner.RefuseWorkForCaller();
    }

    private void CloseJournal()
    {
        if (_scheduler.Completion.IsCompleted)
        {
            _journal?.End(Run.Status, new DateTimeOffset(Run.EndTime!.Value));
        }
        else
        {
            _journal?.Dispose();
        }
    }

    private void WriteEvents()
    {
        while (_events.TryTake(out RunEvent? next))
        {
            Write(next);
        }
    }

    private void Write(RunEvent next)
    {
        switch (next)
        {
            case RunEvent.NodeEnded or RunEvent.FallbackDecided:
                if (SettledBy(next) is { } result)
                {
                    WriteResult(result);
                }

                break;
            case RunEvent.RecordWritten { Record: ProgressRecord progress } written:
                _progress?.Note(written.Attempt, progress);
                break;
            case RunEvent.RecordWritten { Record: NodePrompt prompt } asked:
                _streams.EndLine(next: null);
                _output.Ask(DagNode.Of(asked.Attempt.Node), prompt);
                break;
            case RunEvent.RecordWritten written when _groups is not null:
                _groups.Hold(written);
                break;
            case RunEvent.RecordWritten written:
                _streams.Write(written);
                break;
            case RunEvent.AttemptBegun begun:
                DagNode node = DagNode.Of(begun.Attempt.Node);
                _output.WriteStarted(node);
                WriteVerbose(node, begun.Attempt, static attempt => Messages.AttemptStarted(attempt.Name, attempt.Number));
                break;
            case RunEvent.WaitBegun wait:
                _progress?.NoteWait(wait.Node, wait.Failure, wait.Delay);
                WriteVerbose(
                    NodeAt(wait.Node), wait, wait =>
                        Messages.Waiting(NodeAt(wait.Node).Name, wait.Failure.Kind, wait.Failure.Message, wait.Delay));
                break;
            case RunEvent.ItemsRestored restored:
                WriteVerbose(
                    NodeAt(restored.Node), restored.Items, items =>
                        Messages.RestoredItems(NodeAt(restored.Node).Name, items.RestoredCount, items.Count));
                break;
            case RunEvent.WarningGiven warning:
                _streams.EndLine(next: null);
                _output.WriteWarning(NodeAt(warning.Node), warning.Message);
                break;
            default:
                throw new UnreachableException($"There is no way yet to write a {next.GetType().Name}.");
        }
    }

    private bool MayBeStoodFor(NodeResult result) => result.State == NodeState.Failed && Run.Graph.Fallback(result.Index) >= 0;

    private DagNodeResult? Decide(RunEvent.FallbackDecided decided)
    {
        if (!_undecided.Remove(decided.Node, out DagNodeResult? result))
        {
            return null;
        }

        result.Fallback = decided.StandIn is { } standIn ? Run.Graph[standIn].Name : null;
        return result;
    }

    private DagNode NodeAt(int index) => DagNode.Of(_scheduler.Graph[index]);

    private void WriteResult(DagNodeResult result)
    {
        _streams.EndLine(next: null);
        Run.Add(result);
        _progress?.Finished(result.Index, result.FromCheckpoint);
        WriteVerbose(result.Node, result, EndText.Of);
        _groups?.End(result);
        if (result.Status == NodeState.Failed)
        {
            WriteFailure(result);
            _groups?.Annotate(result);
        }

        if (result.Status == NodeState.Skipped && _targets.Contains(result.Name))
        {
            _output.WriteWarning(result.Node, Messages.TargetSkipped(result.Name, result.SkipReason));
        }

        _output.WriteResult(result);
    }

    private void WriteFailure(DagNodeResult result)
    {
        NodeFailure failure = result.Failure!;
        string message = Messages.NodeFailed(result.Name, failure, failure.Position ?? ErrorText.Position(result.Error!));
        if (result.Fallback is { } fallback)
        {
            // The message of one that was restored says it all.
            _output.WriteWarning(
                result.Node, result.FromCheckpoint ? failure.Message : Messages.FallbackStands(message, fallback));
            return;
        }

        if (result.FailsRun)
        {
            _failed.Add(result);
        }

        if (_stopsOnError)
        {
            // The run goes to its end by its own rules; the error that ends the command comes after it. A failure that is
            // to be overlooked does not end the command, and must still be told.
            if (!result.FailsRun)
            {
                _output.WriteWarning(result.Node, message);
            }

            return;
        }

        string id = failure.Kind == FailureKind.Error ? "DagNodeFailed" : "DagNodeFailed." + failure.Kind;
        var error = new ErrorRecord(
            new DagNodeException(message, result.Error!.Exception), id, FailureRecord.CategoryOf(failure.Kind), result);
        _output.WriteFailure(
            result.Node,
            error,
            ErrorPosition.Of(result.Error) ?? ErrorPosition.LineIn(result.Node.ScriptBlock.Ast, failure.Position));
    }

    private ErrorRecord? FinalError()
    {
        string? lost = null;
        if (_journal?.Failure is { } cause)
        {
            lost = Messages.JournalLost(cause.Message);
            var error = new ErrorRecord(new DagRunException(lost, cause, Run), "DagCheckpointFailed", ErrorCategory.WriteError, Run);
            if (_stopsOnError && _failed.Count == 0)
            {
                return error;
            }

            if (!_stopsOnError)
            {
                _output.WriteError(null, error);
            }
        }

        if (Run.Status == RunStatus.Failed)
        {
            if (_scheduler.HasTimedOut && !_stopsOnError)
            {
                TimeoutError();
            }

            string failure = Messages.RunFailed(_failed.Count, [.. _failed.Take(ShownFailures).Select(CauseOf)])
                + (_scheduler.HasTimedOut ? Environment.NewLine + Messages.RunTimedOut(_scheduler.Counts) : string.Empty)
                + (lost is null ? string.Empty : Environment.NewLine + lost);
            return !_stopsOnError ? null : new ErrorRecord(
                new DagRunException(failure, _failed.Count == 0 ? null : _failed[0].Error?.Exception, Run),
                "DagRunFailed",
                ErrorCategory.OperationStopped,
                Run);
        }

        // Who stopped the run himself need not be told.
        return Run.Status == RunStatus.Cancelled && !WasStopped ? TimeoutError() : null;
    }

    private static string CauseOf(DagNodeResult result)
    {
        string cause = string.Join(
            ' ', result.Failure!.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return Messages.FailedNode(
            result.Name,
            FailurePlace.TextOf(result),
            cause.Length <= LongestCause ? cause : string.Concat(cause.AsSpan(0, LongestCause), "…"));
    }

    private ErrorRecord? TimeoutError()
    {
        // After Ctrl+C nothing more is written.
        var error = new ErrorRecord(
            new DagRunException(Messages.RunTimedOut(_scheduler.Counts), null, Run), "DagRunTimedOut", ErrorCategory.OperationTimeout, Run);
        if (_stopsOnError)
        {
            return error;
        }

        _output.WriteError(null, error);
        return null;
    }

    private void WriteVerbose<T>(DagNode node, T step, Func<T, string> describe)
    {
        if (_showsVerbose)
        {
            _streams.EndLine(next: null);
            _output.WriteVerbose(node, Messages.AtTime(DateTime.Now, describe(step)));
        }
    }

    /// <summary>Notes the results that the pipeline will not take any more.</summary>
    private void NoteResults()
    {
        while (_events.TryTake(out RunEvent? next))
        {
            switch (next)
            {
                case RunEvent.NodeEnded or RunEvent.FallbackDecided:
                    if (SettledBy(next) is { } result)
                    {
                        Note(result);
                    }

                    break;
                case RunEvent.RecordWritten { Record: NodePrompt prompt }:
                    prompt.Refuse();
                    break;
                case RunEvent.RecordWritten { Record: not ProgressRecord } written when _groups is not null:
                    _groups.Hold(written, wasStopped: true);
                    break;
                case RunEvent.RecordWritten { Record: WarningRecord or InformationRecord or ErrorRecord } written
                    when written.Record is SessionEndWarning || Run.Graph.IsCleanUp(written.Attempt.Index):
                    _output.WriteLineAfterStop($"[{written.Attempt.Node.Name}] {written.Record}");
                    break;
            }
        }
    }

    /// <summary>The result that an event settles; null where it is still to be decided whether a fallback stands for the node.</summary>
    private DagNodeResult? SettledBy(RunEvent next)
    {
        switch (next)
        {
            case RunEvent.NodeEnded ended when MayBeStoodFor(ended.Result):
                _undecided.Add(ended.Result.Index, new DagNodeResult(ended.Result, Run));
                return null;
            case RunEvent.NodeEnded ended:
                return new DagNodeResult(ended.Result, Run);
            case RunEvent.FallbackDecided decided:
                return Decide(decided);
            default:
                return null;
        }
    }

    private void Note(DagNodeResult result)
    {
        Run.Add(result);
        _groups?.EndAfterStop(result);
        if (Run.Graph.IsCleanUp(result.Index) && result.Status != NodeState.Skipped)
        {
            _output.WriteLineAfterStop(Messages.CleanUpEnded(
                result.Name, result.Status, result.SkipReason ?? result.CancelReason ?? result.Failure?.Message, result.Duration));
        }
    }
}
