using System.Text;
using CsCheck;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Pages of items that lead back give what pages that lead forward give, whatever a log holds, and read no more than they
/// give.</summary>
public sealed class BackwardPageTests : IDisposable
{
    const int MaxLine = 2048; // the smallest that there may be for a rollout's own lines here

    static readonly Gen<string> Lines = Gen.OneOf(
        Gen.Int[0, 99]
            .Select(number =>
                $$$"""{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"note","number":{{{number}}}}}"""
            ),
        Gen.Int[0, 30]
            .Select(ordinal =>
                $$$"""{"timestamp":"2026-04-30T09:15:00.120Z","ordinal":{{{ordinal}}},"type":"event_msg","payload":{"type":"note"}}"""
            ),
        Gen.Const(""),
        Gen.Const(" \t\r"),
        Gen.Const("\r"),
        Gen.Const("rubbish {"),
        Gen.Const(new string(' ', MaxLine + 1)),
        Gen.Const(new string(' ', MaxLine - 1)),
        Gen.Int[1, 3]
            .Select(size =>
                $$$"""{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"note","text":"{{{new string('x', size * 1000)}}}"}}"""
            )
    );

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Pages_that_lead_back_are_the_reverse_of_the_history_with_the_same_ordinals_in_any_log_plain_and_compressed()
    {
        var number = 0;
        await Gen.Select(Lines.Array[0, 40], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[1, 12])
            .SampleAsync(
                async (lines, isPaginated, endsInLine, isCompressed, limit) =>
                {
                    var seed = (isPaginated ? Paginated(++number) : Legacy(++number)).ToSeed();
                    var log =
                        string.Join('\n', [.. Encoding.UTF8.GetString(seed.ToLog()).TrimEnd('\n').Split('\n'), .. lines])
                        + (endsInLine ? "" : "\n");
                    using var compressor = new Compressor();
                    var bytes = Encoding.UTF8.GetBytes(log);
                    _home.Write(
                        PathOf(seed.Id, seed.CreatedAt) + (isCompressed ? ".zst" : ""),
                        isCompressed ? compressor.Wrap(bytes) : bytes
                    );
                    await using var store = _home.Open(options => options with { MaxLineBytes = MaxLine });

                    var forward = await store.EnumerateAsync(new ListItemsRequest(seed.Id) { Limit = 7 }, Stop).ToListAsync(Stop);
                    var back = await store
                        .EnumerateAsync(new ListItemsRequest(seed.Id) { Limit = limit, Direction = SortDirection.Descending }, Stop)
                        .ToListAsync(Stop);
                    Assert.Equal(forward.Select(Text), Enumerable.Reverse(back).Select(Text));

                    // And from the midst to both ends.
                    var page = await store.ListItemsAsync(
                        new ListItemsRequest(seed.Id) { Limit = limit, Direction = SortDirection.Descending },
                        Stop
                    );
                    page = page.NextCursor is null
                        ? page
                        : await store.ListItemsAsync(
                            new ListItemsRequest(seed.Id)
                            {
                                Limit = limit,
                                Direction = SortDirection.Descending,
                                Cursor = page.NextCursor,
                            },
                            Stop
                        );
                    var newer = await store
                        .EnumerateAsync(new ListItemsRequest(seed.Id) { Limit = limit, Cursor = page.BackwardsCursor }, Stop)
                        .ToListAsync(Stop);
                    Assert.Equal(forward.Skip(forward.Count - newer.Count).Select(Text), newer.Select(Text));
                    Assert.Equal(Text(page.Items[0]), Text(newer[0]));
                },
                iter: 60,
                threads: 1
            );
    }

    [Fact]
    public void A_page_that_leads_back_reads_what_is_on_it_and_not_what_comes_before()
    {
        const int Count = 20_000;
        var line = """{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"note"}}""" + "\n";
        var log = new CountedSource(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, Count))));
        var segment = new LogSegment(1, "a log", default, long.MaxValue, long.MaxValue, new CountedTo(log.LengthReadBack!.Value, Count));
        var finder = new LogPartFinder(log, segment, MaxLine);

        var last = finder.Back(null, null, 25, long.MaxValue, Stop)!.Value;
        Assert.Equal(new LogPart((Count - 25) * line.Length, Count * line.Length, 25, Count - 25, HasMore: true), last);
        Assert.InRange(log.BytesRead, 1, 256 * 1024);
        var before = finder.Back(last.Start, last.Ordinal, 25, long.MaxValue, Stop)!.Value;
        Assert.Equal(new LogPart((Count - 50) * line.Length, last.Start, 25, Count - 50, HasMore: true), before);
        var first = finder.Back(10 * line.Length, 10, 25, long.MaxValue, Stop)!.Value;
        Assert.Equal(new LogPart(0, 10 * line.Length, 10, 0, HasMore: false), first);
        Assert.InRange(log.BytesRead, 1, 512 * 1024);

        // With so many bytes it is enough, and the item that reaches them is the last.
        Assert.Equal(3, finder.Back(null, null, 25, (2 * line.Length) + 1, Stop)!.Value.Count);
        // What was added since is counted; where that has a gap, and where nothing was counted, it is not known.
        Assert.Equal(
            Count - 25,
            new LogPartFinder(log, segment with { Counted = new CountedTo((Count - 3) * line.Length, Count - 3) }, MaxLine)
                .Back(null, null, 25, long.MaxValue, Stop)!
                .Value.Ordinal
        );
        Assert.Null(
            new LogPartFinder(log, segment with { Counted = new CountedTo((Count - 3) * line.Length - 1, Count - 3) }, MaxLine).Back(
                null,
                null,
                25,
                long.MaxValue,
                Stop
            )
        );
        Assert.Null(new LogPartFinder(log, segment with { Counted = null }, MaxLine).Back(null, null, 25, long.MaxValue, Stop));
    }

    [Fact]
    public async Task The_index_knows_of_whole_logs_in_both_modes_and_of_forks_that_ordinals_can_be_counted_back()
    {
        var parent = Paginated(1).Turn("Two");
        _home.Put(parent);
        _home.Put(parent.Fork(Id(3), At(3)).Turn("Another way"));
        _home.Put(Legacy(2));
        _home.Put(
            Paginated(5)
                .Line("""{"timestamp":"2026-04-30T09:15:00.120Z","ordinal":90,"type":"event_msg","payload":{"type":"note"}}"""u8)
                .Turn("After")
        );
        await using var store = _home.Open();
        await store.EverythingAsync();

        foreach (var (number, segments, isCounted) in new[] { (1, 1, true), (2, 1, true), (3, 2, true), (5, 1, false) })
        {
            var lineage = await store.LineageOfAsync(Id(number), Stop);
            Assert.Equal((segments, isCounted), (lineage!.Segments.Count, lineage.Segments.All(segment => segment.Counted is not null)));
        }
    }

    static (long, long, string) Text(RolloutItem item) => (item.Ordinal, item.Length, Encoding.UTF8.GetString(item.Bytes.Span));

    /// <summary>A log in memory that counts what is read of it.</summary>
    sealed class CountedSource(byte[] bytes) : RolloutSource
    {
        public long BytesRead { get; private set; }

        public override long? LengthReadBack => bytes.Length;

        public override int Read(Span<byte> buffer, long offset)
        {
            var part = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
            part = part[..Math.Min(part.Length, buffer.Length)];
            part.CopyTo(buffer);
            BytesRead += part.Length;
            return part.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
            new(Read(buffer.Span, offset));

        public override void Dispose() { }
    }
}
