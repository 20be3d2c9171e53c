using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Forks of logs that are not as a writer leaves them.</summary>
public sealed class ForkSourceTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCC-30")]
    [InlineData("legacy")]
    [InlineData("paginated")]
    public async Task The_stored_bytes_of_a_fork_keep_its_lines_apart_where_the_source_lacks_a_line_end(string mode)
    {
        var lines = mode == "legacy" ? Legacy(1) : Paginated(1);
        var path = _home.Write(PathOf(Id(1), At(1)), (lines.ToSeed() with { End = SeedEnd.Torn }).ToLog());
        var before = await File.ReadAllBytesAsync(path, Stop);
        await using var store = _home.Open();

        await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);

        using var bytes = new MemoryStream();
        await store.CopyLogAsync(Id(2), bytes, Stop);
        var stored = Encoding.UTF8.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Lines.Count + 1, stored.Length);
        Assert.Equal(
            lines.Lines.Select(line => Encoding.UTF8.GetString(line.Span)),
            stored.Where(line => !line.Contains($"\"id\":\"{Id(2)}\"", StringComparison.Ordinal))
        );
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Stop));
    }

    [Theory, Guarantee("LOCC-31")]
    [InlineData("legacy", ThreadCondition.Duplicate)]
    [InlineData("paginated", ThreadCondition.Duplicate)]
    [InlineData("paginated", ThreadCondition.Superseded)]
    public async Task A_spare_rollout_whose_log_is_damaged_is_not_forked(string mode, ThreadCondition state)
    {
        var damaged = (mode == "legacy" ? Legacy(1) : Paginated(1)).Rubbish("garbage"u8).Turn("more");
        _home.Put(damaged);
        if (state == ThreadCondition.Duplicate)
            _home.Write($"sessions/copies/{Path.GetFileName(PathOf(Id(1), At(1)))}", damaged.ToSeed().ToLog());
        else
            _home.Put(Paginated(1), rollout: Id(9));
        await using var store = _home.Open();
        var spare = Assert.Single(await store.EverythingAsync(), thread => thread.State == state);

        var refusal = await Writing.RefusedAsync(
            ThreadStoreErrorCode.Corrupt,
            () => store.ForkAsync(new ForkRequest(spare.Id, Id(2)), Stop).AsTask()
        );

        Assert.DoesNotContain(spare.StateReason!, refusal.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(Id(2), Stop));
    }
}
