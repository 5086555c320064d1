namespace DagShell.Tests.Browsing;

/// <summary>The tests that share a browser; one after the other, each with a page of its own.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
