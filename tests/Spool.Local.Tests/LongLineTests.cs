using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What is measured here is measured of the whole process, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Lines as long as memory.</summary>
[Collection(nameof(Alone))]
public sealed class LongLineTests : IDisposable
{
    readonly TempHome _home = new();

    public LongLineTests() => _home.Put(Legacy(1, "the good one"));

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCL-16")]
    public async Task A_line_of_200_million_bytes_costs_bounded_memory()
    {
        var path = _home.Put(Legacy(2));
        using (var file = new FileStream(path, FileMode.Append))
        {
            file.Write(
                "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"agent_message\",\"message\":\""u8
            );
            var part = new byte[1_000_000];
            part.AsSpan().Fill((byte)'a');
            for (var i = 0; i < 200; i++)
                file.Write(part);
            file.Write("\"}}\n"u8);
        }
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await using var store = _home.Open(options => options with { MaxLineBytes = 1024 * 1024, IndexingThreads = 1 });

        var thread = await store.FindAsync(Id(2), Stop);
        var items = await store.HistoryAsync(Id(2), Stop);
        var turns = await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop);

        Assert.Equal(
            (
                ThreadCondition.Damaged,
                "1 of 10 lines are above the size limit; the first is line 10, and only their beginnings are used and shown (an export of jsonl has them whole)."
            ),
            (thread!.State, thread.StateReason)
        );
        Assert.Equal(200_000_107, items[^1].Length);
        Assert.Equal((RolloutItemKind.Event, "agent_message"), (items[^1].Kind, items[^1].PayloadType));
        Assert.Equal(2, turns.Items.Count); // as a short one there would begin one
        Assert.EndsWith("aaa…", turns.Items[1].Items[0].Json["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 60_000_000);
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(1), Stop))!.State);
    }
}
