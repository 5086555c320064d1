namespace DagShell;

/// <summary>How the delay grows from retry to retry.</summary>
public enum RetryBackoff
{
    /// <summary>The same delay each time.</summary>
    Constant,

    /// <summary>Delay, 2 × delay, 3 × delay, …</summary>
    Linear,

    /// <summary>Delay, 2 × delay, 4 × delay, …</summary>
    Exponential,
}
