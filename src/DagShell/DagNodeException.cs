namespace DagShell;

/// <summary>A node failed. The inner exception is what its script ended with, where there is one.</summary>
public sealed class DagNodeException : Exception
{
    /// <summary>Makes the exception.</summary>
    public DagNodeException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, to which node.</param>
    public DagNodeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, to which node.</param>
    /// <param name="innerException">The cause.</param>
    public DagNodeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
