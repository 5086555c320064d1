using DagShell.Host.Views;
using Spectre.Console;
using Spectre.Console.Testing;

namespace DagShell.Host.Tests.Views;

public sealed class ConsoleOutputTests : IDisposable
{
    private readonly TestConsole _console = new() { EmitAnsiSequences = true };
    private readonly ConsoleOutput _output;

    public ConsoleOutputTests() => _output = new(_console);

    public void Dispose() => _console.Dispose();

    [Fact]
    public void Text_goes_out_as_it_is()
    {
        string wide = new('x', 200);
        _output.Write("a");
        _output.WriteLine(wide + "[red]");
        Assert.Equal($"a{wide}[red]\n", Written());
    }

    [Fact]
    public void A_region_is_drawn_over_itself_and_wiped_in_the_end()
    {
        Draw("one", "two");
        Assert.Equal("\e[?25lone\ntwo\n", Written());
        Draw("three");
        Assert.Equal("\r\e[2A\e[Jthree\n", Written());
        Draw();
        Assert.Equal("\r\e[1A\e[J\e[?25h", Written());
        Draw();
        Assert.Empty(Written());
    }

    [Fact]
    public void Text_goes_above_the_region()
    {
        Draw("row");
        Written();
        _output.WriteLine("text");
        Assert.Equal("\r\e[1A\e[Jtext\nrow\n", Written());
    }

    [Fact]
    public void A_line_waits_for_its_end_while_there_is_a_region()
    {
        _output.Write("before ");
        Draw("row");
        Assert.Equal("before \n\e[?25lrow\n", Written());
        _output.Write("half ");
        Assert.Equal("\r\e[1A\e[Jrow\n", Written());
        _output.Write("line\nrest");
        Assert.Equal("\r\e[1A\e[Jhalf line\nrow\n", Written());
        Draw();
        Assert.Equal("\r\e[1A\e[J\e[?25hrest", Written());
    }

    [Fact]
    public void A_table_starts_on_a_line_of_its_own()
    {
        _output.Write("text");
        _output.Write(new Text("table"));
        Assert.Equal("text\ntable\n", Written());
    }

    [Fact]
    public void Rows_are_cut_at_the_edge_and_at_the_bottom()
    {
        _console.Profile.Width = 10;
        _console.Profile.Height = 4;
        Draw("0123456789 longer", "2", "3", "4", "5");
        Assert.Equal("\e[?25l012345678\n2\n3\n", Written());
    }

    [Fact]
    public void Who_reads_from_the_keyboard_has_the_console_alone()
    {
        Draw("row");
        Written();
        using (_output.Suspend())
        {
            Draw("row");
            _output.Write("prompt: ");
            Assert.Equal("\r\e[1A\e[J\e[?25hprompt: ", Written());
        }

        Draw("row");
        Assert.Equal("\n\e[?25lrow\n", Written());
    }

    [Fact]
    public void Errors_go_where_they_were_redirected_to()
    {
        StringWriter errors = new();
        new ConsoleOutput(_console, errors).WriteErrorLine("bad");
        Assert.Equal("bad", errors.ToString().TrimEnd());
        Assert.Empty(Written());
    }

    private void Draw(params string[] rows) => _output.DrawRegion([.. rows.Select(row => new Text(row))]);

    private string Written()
    {
        StringWriter writer = (StringWriter)_console.Profile.Out.Writer;
        string text = writer.ToString();
        writer.GetStringBuilder().Clear();
        return text;
    }
}
