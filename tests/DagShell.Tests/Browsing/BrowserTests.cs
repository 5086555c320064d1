namespace DagShell.Tests.Browsing;

/// <summary>The tests that share a browser; one after the other, since it has one page.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
