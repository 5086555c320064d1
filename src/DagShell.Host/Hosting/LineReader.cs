using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using DagShell.Host.Views;
using Spectre.Console;

namespace DagShell.Host.Hosting;

/// <summary>Reads lines from the keyboard. Never waits for an answer that nobody can give.</summary>
/// <param name="output">Where the echo goes.</param>
/// <param name="canAsk">Whether a person sits at the other end.</param>
/// <param name="stop">Ends a read that is going on.</param>
internal sealed class LineReader(ConsoleOutput output, bool canAsk, CancellationToken stop)
{
    private readonly Lock _gate = new();

    public void WritePrompt(string prompt)
    {
        if (!canAsk)
        {
            throw NobodyThere(prompt);
        }

        output.Write(prompt);
    }

    public string Ask(string prompt)
    {
        WritePrompt(prompt);
        return Read();
    }

    public string Read(char? mask = null)
    {
        if (!canAsk)
        {
            throw NobodyThere(null);
        }

        lock (_gate)
        {
            using IDisposable suspension = output.Suspend();
            try
            {
                return ReadKeys(mask);
            }
            catch (OperationCanceledException)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    private static HostException NobodyThere(string? prompt)
    {
        string asked = string.IsNullOrWhiteSpace(prompt) ? "an answer" : $"an answer to '{prompt.Trim().TrimEnd(':')}'";
        return new HostException(
            $"The script waits for {asked}, but nobody can be asked: the input or the output is not a terminal. " +
            "Pass the value as an argument.",
            null,
            "NotInteractive",
            ErrorCategory.ResourceUnavailable);
    }

    private string ReadKeys(char? mask)
    {
        StringBuilder line = new();
        while (true)
        {
            ConsoleKeyInfo? key = output.Console.Input.ReadKeyAsync(intercept: true, stop).GetAwaiter().GetResult();
            stop.ThrowIfCancellationRequested();
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    output.WriteLine();
                    return line.ToString();
                case { Key: ConsoleKey.Backspace } when line.Length > 0:
                    // Masked or not, a character of the line is one of the echo.
                    int width = mask is null ? line[^1].GetCellWidth() : 1;
                    line.Length--;
                    output.Write(string.Concat(Enumerable.Repeat("\b \b", width)));
                    break;
                case { KeyChar: var character } when !char.IsControl(character):
                    line.Append(character);
                    output.Write((mask ?? character).ToString());
                    break;
            }
        }
    }
}
