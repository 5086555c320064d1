namespace DagShell;

/// <summary>A run failed. The inner exception is the first node's.</summary>
public sealed class DagRunException : Exception
{
    /// <summary>Makes the exception.</summary>
    public DagRunException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, and the first failed nodes with their causes.</param>
    public DagRunException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, and the first failed nodes with their causes.</param>
    /// <param name="innerException">The first failed node's error.</param>
    public DagRunException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal DagRunException(string message, Exception? innerException, DagRun run)
        : base(message, innerException)
    {
        Run = run;
    }

    /// <summary>The run.</summary>
    public DagRun? Run { get; }
}
