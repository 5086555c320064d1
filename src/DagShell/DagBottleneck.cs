
namespace DagShell;

/// <summary>A node to make faster where the run is to be faster, as Measure-DagRun gives it out.</summary>
public sealed class DagBottleneck
{
    internal DagBottleneck(string name, TimeSpan duration, TimeSpan saving, int attempts, bool isCritical)
    {
        Name = name;
        Duration = duration;
        Saving = saving;
        Attempts = attempts;
        IsCritical = isCritical;
    }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>How long it took, retries and waits included.</summary>
    public TimeSpan Duration { get; }

    /// <summary>
    /// By how much the run's lower bound would fall if the node took no time at all: the most that a faster node can bring.
    /// </summary>
    public TimeSpan Saving { get; }

    /// <summary>Attempts in which its script was started.</summary>
    public int Attempts { get; }

    /// <summary>Whether it lies on the critical path that was.</summary>
    public bool IsCritical { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({DurationText.Of(Duration)}, saves up to {DurationText.Of(Saving)})";
}
