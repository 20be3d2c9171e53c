using CsCheck;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Random lines, names, ids and times, without files: nothing that reads them throws, and what they say is in range.</summary>
/// <remarks><c>SPOOL_FUZZ_ROUNDS</c> sets how many cases are tried, 2,000 inputs for each round; <c>./fuzz</c> runs the long
/// form.</remarks>
public sealed class LineFuzzTests
{
    static readonly long Inputs =
        2_000 * (long.TryParse(Environment.GetEnvironmentVariable("SPOOL_FUZZ_ROUNDS"), out var rounds) ? rounds : 30);

    static readonly byte[][] Lines =
    [
        .. RolloutLines.Paginated(Id(2), At(2)).Turn("one").ToSeed().Lines.Select(line => line.ToArray()),
        .. RolloutLines.Legacy(Id(2), At(2)).Turn("one").ToSeed().Lines.Select(line => line.ToArray()),
    ];

    static readonly string[] Names =
    [
        Path.GetFileName(PathOf(Id(2), At(2))),
        Path.GetFileName(PathOf(Id(2), At(2), Id(3))),
        Path.GetFileName(PathOf(Id(2), DateTimeOffset.MaxValue)) + ".zst",
        Path.GetFileName(PathOf(ThreadId.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff"), DateTimeOffset.MinValue)),
    ];

    [Fact]
    public void Any_line_is_an_item_or_none() =>
        Gen.Select(Gen.Int[0, Lines.Length - 1], Gen.Select(Gen.Int[0, 2000], Gen.Byte, Gen.Int[0, 2]).Array[0, 6])
            .Sample(
                (which, edits) =>
                {
                    var line = Changed(Lines[which], edits);
                    var item = new RolloutItem(line, 7);
                    Assert.InRange(item.Ordinal, 0, ItemEnvelope.MaxOrdinal);
                    Assert.InRange(item.Payload.Length, 0, line.Length);
                    _ = (item.Timestamp, item.Type, item.PayloadType, item.Metadata, item.HoldsRecord);
                    new MetadataObserver().Observe(item);
                    _ = new RolloutItem(line.AsMemory(0, line.Length / 2), 0, line.Length).Timestamp;
                },
                iter: Inputs,
                threads: 1
            );

    [Fact]
    public void Any_name_says_what_it_is_or_nothing() =>
        Gen.Select(Gen.Int[0, Names.Length - 1], Gen.Select(Gen.Int[0, 120], Gen.Char, Gen.Int[0, 2]).Array[0, 4])
            .Sample(
                (which, edits) =>
                {
                    var name = new string(Changed(Names[which].ToCharArray(), edits));
                    var file = new ScannedRollout("sessions/" + name, default);
                    _ = file.LatestCreationMs;
                    if (RolloutFileName.TryParse(name, out var parsed))
                        Assert.True(parsed.ThreadId.CreatedAt is null || !parsed.ThreadId.IsPastTime);
                    _ = ItemEnvelope.ParseTimestamp(System.Text.Encoding.UTF8.GetBytes(name));
                    _ = ProblemPlaces.MayContinue("sessions/" + name, parsed.ThreadId);
                },
                iter: Inputs,
                threads: 1
            );

    static T[] Changed<T>(T[] from, (int At, T Value, int Kind)[] edits)
    {
        var to = from.ToList();
        foreach (var (at, value, kind) in edits)
        {
            if (to.Count == 0)
                break;
            var index = at % to.Count;
            if (kind == 0)
                to[index] = value;
            else if (kind == 1)
                to.Insert(index, value);
            else
                to.RemoveAt(index);
        }
        return [.. to];
    }
}
