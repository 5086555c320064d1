namespace DagShell.Engine.Journal;

/// <summary>A file is not a journal, or not one that can be read.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Makes the exception.</summary>
    public JournalException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong.</param>
    public JournalException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">How it was found.</param>
    public JournalException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal JournalException(string message, int line, bool isForeign = false, Exception? innerException = null)
        : base(message, innerException)
    {
        Line = line;
        IsForeign = isForeign;
    }

    /// <summary>The line that is not ours, from 1.</summary>
    public int Line { get; }

    /// <summary>Whether the file is something else than a journal, as opposed to a journal that was damaged.</summary>
    public bool IsForeign { get; }
}
