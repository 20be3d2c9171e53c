using System.Text;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What a deletion would refuse is refused before anybody is asked, for the same reason, and nothing is removed.</summary>
public sealed class DeletionCheckTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("missing", ThreadStoreErrorCode.NotFound)]
    [InlineData("written", ThreadStoreErrorCode.HasWriter)]
    [InlineData("continued", ThreadStoreErrorCode.Referenced)]
    [InlineData("with others in its file", ThreadStoreErrorCode.Unsupported)]
    [InlineData("a file in the place of the locks", ThreadStoreErrorCode.Unavailable)]
    public async Task What_would_be_refused_is_refused_for_the_same_reason(string what, ThreadStoreErrorCode code)
    {
        if (what == "with others in its file")
            _home.Write(
                "sessions/2026/05/01/rollout-copy.jsonl",
                [.. Legacy(1, "of A").ToSeed().ToLog(), .. Legacy(2, "of B").ToSeed().ToLog()]
            );
        else if (what != "missing")
            _home.Put(Paginated(1, "of A"));
        await using var other = _home.Open();
        await using var writer = what == "written" ? await other.ResumeAsync(1) : null;
        if (what == "continued")
            await other.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);
        if (what.StartsWith("a file", StringComparison.Ordinal))
            _home.Write("thread-writer-locks", "no folder"u8);
        await using var store = _home.Open();
        var before = Files();

        var refused = await Writing.RefusedAsync(code, () => store.RequireDeletableAsync(Id(1), Stop).AsTask());

        Assert.Equal(before, Files());
        Assert.Equal((await Writing.RefusedAsync(code, () => store.DeleteAsync(Id(1), Stop).AsTask())).Message, refused.Message);
    }

    List<string> Files() => [.. _home.Files().Where(file => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal))];

    [Theory]
    [InlineData("thread")]
    [InlineData("copy that no list shows")]
    [InlineData("prompt")]
    public async Task What_would_be_deleted_stays_as_it_is(string what)
    {
        _home.Put(Legacy(2, "of B"));
        if (what == "thread")
            _home.Put(Legacy(1, "of A"));
        else if (what == "prompt")
            _home.Write("history.jsonl", Encoding.UTF8.GetBytes($$"""{"session_id":"{{Id(1)}}","ts":1,"text":"x"}""" + "\n"));
        else
            _home.Write("backup/copy", Legacy(1, "of A").ToSeed().ToLog());
        await using var store = _home.Open();
        string[] Kept() =>
            [
                .. _home
                    .Files()
                    .Where(file => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal))
                    .Select(file => file + Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(_home.Path, file)))),
            ];
        var before = Kept();

        await store.RequireDeletableAsync(Id(1), Stop);

        Assert.Equal(before, Kept());
        Assert.Equal(Id(1), (await store.DeleteAsync(Id(1), Stop)).ThreadId);
    }
}
