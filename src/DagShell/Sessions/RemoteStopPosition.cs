using System.Globalization;
using System.Management.Automation.Language;
using DagShell.Engine.Running;
using DagShell.Runspaces;
using DagShell.Scripts;
using DagShell.Secrets;

namespace DagShell.Sessions;

/// <summary>Where the script of a node is that runs in a session, as that says while the node's time runs out.</summary>
/// <remarks>
/// For one attempt. What the session says comes on the threads of its connection; the attempt is stopped on another. The session says
/// nothing more once the stop has come to it, so what is on its way meanwhile counts.
/// </remarks>
internal sealed class RemoteStopPosition
{
    /// <summary>How long before its end a node's time runs out: neither a slow machine nor a slow connection is to be too late.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);

    private static int s_last;

    /// <summary>What tells this attempt from the one before it in the session, of the same script perhaps.</summary>
    private readonly int _number = Interlocked.Increment(ref s_last) & int.MaxValue;
    private readonly object _lock = new();
    private readonly NodeAttempt _attempt;
    private readonly SecretMask _secrets;
    private readonly Dictionary<int, NodeScript> _scripts = [];
    private string? _told;
    private bool _isStopping;

    /// <summary>Knows of no script yet.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="secrets">Takes out of a statement what nobody may see.</param>
    public RemoteStopPosition(NodeAttempt attempt, SecretMask secrets)
    {
        _attempt = attempt;
        _secrets = secrets;
    }

    /// <summary>Notes a script of the node.</summary>
    /// <param name="number">The number by which the session knows it.</param>
    /// <param name="script">The script.</param>
    public void Add(int number, NodeScript script) => _scripts[number] = script;

    /// <summary>What the session is sent of it: one text, since it takes longer to send tables.</summary>
    /// <param name="left">How much of the node's time is left.</param>
    /// <param name="driver">The number by which the session knows the script that says where others are.</param>
    /// <returns>Null where no clock there would do.</returns>
    public string? ToText(TimeSpan left, int driver)
    {
        double after = (left - (left < 2 * Lead ? left / 2 : Lead)).TotalMilliseconds;
        return after is < 0 or > int.MaxValue
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{driver} {(int)after} {_number} {string.Join(' ', _scripts.Keys)}");
    }

    /// <summary>Takes what the session's driver says of this.</summary>
    /// <param name="text">The text.</param>
    public void Take(string text)
    {
        lock (_lock)
        {
            _told = text.TrimStart();
            if (_isStopping && !_attempt.IsCompleted)
            {
                Note();
            }
        }
    }

    /// <summary>Notes where the script is. To be called when the attempt is to stop.</summary>
    public void NoteStop()
    {
        lock (_lock)
        {
            _isStopping = true;
            Note();
        }
    }

    private void Note()
    {
        // The session is another's: nothing that it says is taken for granted.
        string[] told = _told?.Split(' ', 8) ?? [];
        int[] numbers = [.. told.Take(7).Select(
            static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];
        if (told.Length < 8 || Array.Exists(numbers, static number => number == 0)
            || numbers[0] != _number || !_scripts.TryGetValue(numbers[1], out NodeScript? script))
        {
            return;
        }

        IScriptExtent extent = script.Tree.Extent;
        string whole = extent.StartScriptPosition.GetFullScript();
        int start = OffsetOf(whole, numbers[2], numbers[3]);
        int end = OffsetOf(whole, numbers[4], numbers[5]);
        if (extent.StartOffset <= start && start <= end && end <= extent.EndOffset)
        {
            string file = told[7];
            string inner = file.Length > 0 && file != extent.File ? _secrets.Of(Messages.Position(file, numbers[6])) : string.Empty;
            StopPosition.Note(_attempt, Messages.Position(extent.File, numbers[2]), whole[start..end], inner, _secrets);
        }
    }

    /// <summary>Where a column of a line is in a text; -1 if it has no such line.</summary>
    private static int OffsetOf(string text, int line, int column)
    {
        int start = 0;
        for (; line > 1; line--)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0)
            {
                return -1;
            }
        }

        return start + column - 1;
    }
}
