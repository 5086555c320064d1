using DagShell.Host.Hosting;

namespace DagShell.Host.Tests.Hosting;

public sealed class SurroundingsTests
{
    [Fact]
    public void A_terminal_has_the_live_view_and_can_be_asked() =>
        Assert.Equal(new Surroundings(Plain: false, CanAsk: true, SharedErrors: true, Width: null), From());

    [Fact]
    public void A_pipe_is_plain_and_has_a_width_of_its_own()
    {
        Assert.Equal(new Surroundings(Plain: true, CanAsk: false, SharedErrors: false, Width: 120), From(outputRedirected: true));
        Assert.Equal(99, From(outputRedirected: true, variables: ("COLUMNS", "99")).Width);
    }

    [Fact]
    public void A_dumb_terminal_is_plain_but_can_be_asked() =>
        Assert.Equal(new Surroundings(Plain: true, CanAsk: true, SharedErrors: true, Width: null), From(variables: ("TERM", "dumb")));

    [Fact]
    public void A_build_server_is_plain_and_cannot_be_asked() =>
        Assert.Equal(new Surroundings(Plain: true, CanAsk: false, SharedErrors: true, Width: null), From(variables: ("CI", "true")));

    [Fact]
    public void Redirected_errors_are_apart() => Assert.False(From(errorRedirected: true).SharedErrors);

    private static Surroundings From(
        bool outputRedirected = false,
        bool errorRedirected = false,
        params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = new() { ["TERM"] = "xterm" };
        foreach ((string name, string value) in variables)
        {
            all[name] = value;
        }

        return Surroundings.From(all.GetValueOrDefault, inputRedirected: false, outputRedirected, errorRedirected);
    }
}
