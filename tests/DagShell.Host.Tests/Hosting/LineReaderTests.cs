using System.Management.Automation;
using System.Management.Automation.Host;
using DagShell.Host.Hosting;
using DagShell.Host.Views;
using Spectre.Console.Testing;

namespace DagShell.Host.Tests.Hosting;

public sealed class LineReaderTests : IDisposable
{
    private readonly TestConsole _console = new();
    private readonly LineReader _reader;

    public LineReaderTests() => _reader = new(new ConsoleOutput(_console), canAsk: true, CancellationToken.None);

    public void Dispose() => _console.Dispose();

    [Fact]
    public void A_line_is_read_and_echoed()
    {
        _console.Input.PushText("abx");
        _console.Input.PushKey(ConsoleKey.Backspace);
        _console.Input.PushTextWithEnter("c");
        Assert.Equal("abc", _reader.Ask("Name: "));
        Assert.Equal("Name: abx\b \bc\n", _console.Output);
    }

    [Fact]
    public void A_secret_is_masked()
    {
        _console.Input.PushTextWithEnter("abc");
        Assert.Equal("abc", _reader.Read(mask: '*'));
        Assert.Equal("***\n", _console.Output);
    }

    [Fact]
    public void Without_anybody_to_ask_it_is_an_error_that_says_what_was_asked()
    {
        LineReader nobody = new(new ConsoleOutput(_console), canAsk: false, CancellationToken.None);
        HostException error = Assert.Throws<HostException>(() => nobody.Ask("Name: "));
        Assert.Contains("'Name'", error.Message, StringComparison.Ordinal);
        Assert.Empty(_console.Output);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_a_key()
    {
        LineReader stopped = new(new ConsoleOutput(_console), canAsk: true, new CancellationToken(canceled: true));
        _console.Input.PushTextWithEnter("too late");
        Assert.Throws<PipelineStoppedException>(() => stopped.Read());
    }

    [Fact]
    public void A_choice_is_asked_for_until_it_is_one()
    {
        ConsoleOutput output = new(_console);
        ProgressBoard board = new(TimeProvider.System);
        ConsoleHostUserInterface ui = new(output, _reader, board, new PlainView(output, board, TimeProvider.System), plain: true);
        _console.Input.PushTextWithEnter("perhaps");
        _console.Input.PushTextWithEnter("n");
        _console.Input.PushTextWithEnter("");
        ChoiceDescription[] choices = [new("&Yes"), new("&No")];
        Assert.Equal(1, ui.PromptForChoice("Sure?", "", [.. choices], 0));
        Assert.Equal(0, ui.PromptForChoice("Sure?", "", [.. choices], 0));
        Assert.Contains("[Y] Yes  [N] No (default is Y): ", _console.Output, StringComparison.Ordinal);
    }
}
