namespace DagShell.CI;

/// <summary>What a CI system is to show beside a line of the user's.</summary>
/// <param name="IsError">Whether it is an error; else a warning.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Message">What there is to say; may have several lines.</param>
/// <param name="File">The file; null if there is none.</param>
/// <param name="Line">The line in it.</param>
internal sealed record CIAnnotation(bool IsError, string Title, string Message, string? File, int Line);
