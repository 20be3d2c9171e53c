using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Ids that are made of paths: for spare rollouts, and for those that say no id. Nobody else has one, so no thread hides
/// another.</summary>
public sealed class PathIdTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("its name", false)]
    [InlineData("its name", true)]
    [InlineData("its name, as a rollout of a revert", false)]
    [InlineData("its first line", false)]
    [InlineData("its first line", true)]
    [InlineData("both", false)]
    [InlineData("both", true)]
    public async Task A_rollout_that_claims_an_id_which_is_made_of_the_path_of_another_one_does_not_get_it(string where, bool isOfSpare)
    {
        if (isOfSpare)
        {
            var lines = Legacy(1, "the thread");
            _home.Put(lines);
            _home.Write("sessions/x/" + Path.GetFileName(PathOf(Id(1), At(1))), lines.ToSeed().ToLog());
        }
        else
            _home.Write("sessions/rollout-x.jsonl", "hello\n"u8);
        await using var store = _home.Open();
        var before = await store.EverythingAsync();
        var taken = Assert.Single(before, thread => thread.Id != Id(1));

        var log = RolloutLines.Legacy(where == "its name" ? Id(3) : taken.Id, At(2)).Turn("the other");
        var headless = log.ToSeed().Lines.Skip(1).SelectMany(line => (byte[])[.. line.Span, (byte)'\n']).ToArray();
        _home.Write(
            where switch
            {
                "its first line" => "sessions/rollout-y.jsonl",
                "its name, as a rollout of a revert" => PathOf(Id(3), At(2), taken.Id),
                _ => PathOf(taken.Id, At(2)),
            },
            where == "its name" ? headless : log.ToSeed().ToLog()
        );

        var after = await store.EverythingAsync();
        Assert.Equal(before.Count + 1, after.Select(thread => thread.Id).Distinct().Count());
        Assert.Equal(taken, await store.FindAsync(taken.Id, Stop));
        var other = Assert.Single(after, thread => !before.Exists(known => known.Id == thread.Id));
        Assert.Equal("the other", other.Preview);
        Assert.Equal(ThreadCondition.Damaged, other.State);
        Assert.Contains(
            where == "its name, as a rollout of a revert" ? "path" : "made of the file's path",
            other.StateReason,
            StringComparison.Ordinal
        );
        await ChangingHomeTests.AssertAsIfAnewAsync(_home, store);
    }

    [Fact]
    public async Task No_new_thread_gets_an_id_of_the_kind_that_is_made_of_paths()
    {
        var id = CacheKey.IdOf("sessions/rollout-x.jsonl");
        _home.Put(Legacy(1));
        await using var store = _home.Open();

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () =>
                await store.CreateAsync(
                    new CreateRequest(id, NewItem.From(new RolloutItem(RolloutLines.Legacy(id, At(1)).Lines[0], 0))!),
                    Stop
                )
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await store.ForkAsync(new ForkRequest(Id(1), id), Stop)
        );
    }

    [Fact]
    public void Ids_of_other_kinds_are_free_for_everybody()
    {
        Assert.True(ThreadIds.IsOfPath(CacheKey.IdOf("sessions/rollout-x.jsonl")));
        Assert.False(ThreadIds.IsOfPath(Id(1)));
        Assert.False(ThreadIds.IsOfPath(ThreadId.Parse("d2ba5f68-c5a4-869f-a6c6-d5e7964d8790")));
        Assert.False(ThreadIds.IsOfPath(ThreadId.Parse("d2ba5f68-c5a4-769f-a6c6-d573706f6f6c"))); // of another version
    }
}
