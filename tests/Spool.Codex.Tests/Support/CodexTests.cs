namespace Spool.Codex.Tests;

/// <summary>Tests that use homes. Those of a test that fails stay behind.</summary>
public abstract class CodexTests : IDisposable
{
    readonly List<CodexHome> _homes = [];

    /// <summary>Gets what ends the test early.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            return;
        foreach (var home in _homes)
            home.Dispose();
    }

    /// <summary>Makes an empty home.</summary>
    private protected CodexHome NewHome()
    {
        var home = new CodexHome();
        _homes.Add(home);
        return home;
    }
}
