namespace DagShell.Sessions;

/// <summary>Something that a node uses cannot be taken to another machine. The message says what, and what to do.</summary>
internal sealed class UnsendableException(string message) : Exception(message);
