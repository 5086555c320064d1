namespace DagShell.Engine.Journal;

/// <summary>Another run writes to the journal, in this process or another.</summary>
public sealed class JournalInUseException : IOException
{
    /// <summary>Makes the exception.</summary>
    public JournalInUseException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened.</param>
    public JournalInUseException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">How it was found.</param>
    public JournalInUseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
