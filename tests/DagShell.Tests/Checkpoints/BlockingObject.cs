namespace DagShell.Tests.Checkpoints;

/// <summary>An object that whoever looks at it does not get away from.</summary>
public sealed class BlockingObject
{
    public int Plain { get; } = 1;

    public int Forever
    {
        get
        {
            Thread.Sleep(Timeout.Infinite);
            return Plain;
        }
    }
}
