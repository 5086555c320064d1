namespace DagShell.Tests.Checkpoints;

/// <summary>Tests of runs with a journal.</summary>
public abstract class CheckpointTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    protected CheckpointTests()
    {
        Shell["ran"] = Ran;
        Shell["journal"] = Journal;
    }

    protected string Journal => Path.Combine(_folder.FullName, "run.journal");

    private protected ScratchFolder Folder => _folder;

    /// <summary>
    /// What nodes note that they ran, in that order. They have it by $using, so it must be empty again when they are to be the same.
    /// </summary>
    private protected System.Collections.Concurrent.ConcurrentQueue<string> Ran { get; } = new();

    /// <summary>The names of the nodes that ran since the last time.</summary>
    private protected string[] TakeRan()
    {
        string[] ran = [.. Ran.Order()];
        Ran.Clear();
        return ran;
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}
