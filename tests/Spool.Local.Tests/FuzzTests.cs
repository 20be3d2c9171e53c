using System.Text;
using CsCheck;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Arbitrary bytes as rollouts: they are listed, they are served or refused with a documented error, and they hide
/// nothing.</summary>
/// <remarks><c>SPOOL_FUZZ_ROUNDS</c> sets how many cases are tried; a failure prints the seed with which CsCheck repeats it.</remarks>
public sealed class FuzzTests
{
    static readonly long Rounds = long.TryParse(Environment.GetEnvironmentVariable("SPOOL_FUZZ_ROUNDS"), out var rounds) ? rounds : 300;

    static readonly byte[] Whole = RolloutLines.Paginated(Id(2), At(2)).Turn("one").Turn("two").Turn("three").ToSeed().ToLog();
    static readonly byte[] WholeLegacy = RolloutLines.Legacy(Id(2), At(2)).Turn("one").Turn("two").Turn("three").ToSeed().ToLog();

    static readonly Gen<byte[]> Mutated =
        from log in Gen.OneOf(Gen.Const(Whole), Gen.Const(WholeLegacy))
        from edits in Gen.Select(Gen.Int[0, log.Length - 1], Gen.Byte, Gen.Int[0, 4]).Array[1, 12]
        select Mutate(log, edits);

    static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Byte.Array[0, 3000], Mutated, Mutated, Mutated);

    // What says how a log is recorded may come late, twice, in another mode, of another thread, damaged or never.
    static readonly byte[][] Heads =
    [
        .. new[] { HistoryModes.Legacy, HistoryModes.Paginated, "tomorrow" }.SelectMany(
            mode => new[] { Id(2), Id(3) },
            (mode, id) => RolloutLines.From(new RolloutHead(id, At(2)) { HistoryMode = mode }).Lines[0].ToArray()
        ),
        "rubbish"u8.ToArray(),
        [],
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"session_meta\",\"payload\":{\"history_mode\":\"paginated\"}}"u8.ToArray(),
    ];

    static readonly Gen<byte[][]> Headed =
        from log in Gen.OneOf(Gen.Const(Whole), Gen.Const(WholeLegacy))
        from skipped in Gen.Int[0, 2]
        from heads in Gen.Select(Gen.Int[0, 12], Gen.Int[0, Heads.Length - 1], Gen.Int[0, 9]).Array[0, 4]
        select WithHeads(log, skipped, heads);

    [Fact, Guarantee("LOCL-14")]
    public Task Any_bytes_are_listed_served_and_hide_nothing() =>
        Bytes.SampleAsync(bytes => CheckAsync(bytes, ""), iter: Rounds, threads: 1);

    [Fact, Guarantee("LOCL-15")]
    public Task Any_bytes_behind_a_compressed_name_too() =>
        Gen.Select(Bytes, Gen.Bool, Gen.Int[0, 3000])
            .SampleAsync(
                (bytes, isCompressed, cut) =>
                {
                    using var compressor = new Compressor(3);
                    var stored = isCompressed ? compressor.Wrap(bytes).ToArray() : bytes;
                    return CheckAsync(cut % 2 == 0 ? stored : stored[..Math.Min(cut, stored.Length)], ".zst");
                },
                iter: Rounds / 2,
                threads: 1
            );

    [Fact]
    public Task Whatever_says_how_a_log_is_recorded_and_when_its_turns_are_those_of_a_builder() =>
        Gen.Select(Headed, Gen.Int[0, 20])
            .SampleAsync(
                async (pieces, looked) =>
                {
                    using var home = new TempHome();
                    home.Put(Legacy(1, "the good one"));
                    var path = home.Write(PathOf(Id(2), At(2)), [.. pieces.Take(looked).SelectMany(piece => piece)]);
                    await using var store = home.Open();
                    await store.EverythingAsync();
                    await File.AppendAllBytesAsync(
                        path,
                        [.. pieces.Skip(looked).SelectMany(piece => piece)],
                        TestContext.Current.CancellationToken
                    );
                    await CheckAsync(store);
                },
                iter: Rounds / 2,
                threads: 1
            );

    [Fact]
    public Task Two_turns_that_have_one_ordinal_behind_damage_are_both_listed()
    {
        var lines = Encoding.UTF8.GetString(Whole).Split('\n');
        Assert.Contains("\"ordinal\":1,", lines[1], StringComparison.Ordinal);
        // The first turn lost its ordinal behind so many lines of rubbish that it has the one that the last turn carries.
        string[] damaged =
        [
            lines[0],
            .. Enumerable.Repeat("rubbish", 16),
            lines[1].Replace("\"ordinal\":1,", "", StringComparison.Ordinal),
            .. lines[2..],
        ];
        return CheckAsync(Encoding.UTF8.GetBytes(string.Join('\n', damaged)), "");
    }

    static async Task CheckAsync(byte[] bytes, string suffix)
    {
        using var home = new TempHome();
        home.Put(Legacy(1, "the good one"));
        home.Write(PathOf(Id(2), At(2)) + suffix, bytes);
        await using var store = home.Open();
        await CheckAsync(store);
    }

    // A line that is cut has the next one behind it on the same line.
    static byte[][] WithHeads(byte[] log, int skipped, (int At, int Which, int Cut)[] heads)
    {
        var lines = Encoding
            .UTF8.GetString(log)
            .TrimEnd('\n')
            .Split('\n')
            .Skip(skipped)
            .Select(line => Encoding.UTF8.GetBytes(line + "\n"))
            .ToList();
        foreach (var (at, which, cut) in heads)
            lines.Insert(
                Math.Min(at, lines.Count),
                cut switch
                {
                    0 => Heads[which][..(Heads[which].Length / 2)],
                    1 => Heads[which],
                    _ => [.. Heads[which], (byte)'\n'],
                }
            );
        return [.. lines];
    }

    static async Task CheckAsync(LocalThreadStore store)
    {
        var threads = await store.EverythingAsync();

        Assert.Equal(2, threads.Count);
        Assert.Single(threads, thread => thread is { Preview: "the good one" });
        foreach (var thread in threads)
        {
            Assert.Equal(thread.State == ThreadCondition.Ok, thread.StateReason is null);
            Assert.Equal(thread, await store.FindAsync(thread.Id));
            var history = new List<RolloutItem>();
            await Documented.CallAsync(async () => history.AddRange(await store.HistoryAsync(thread.Id, default)));
            await Documented.CallAsync(async () =>
                Assert.Equal(history.Texts(), (await store.AllItemsAsync(new ListItemsRequest(thread.Id) { Limit = 3 }, default)).Texts())
            );
            await Documented.CallAsync(async () =>
            {
                var turns = await store.AllTurnsAsync(new ListTurnsRequest(thread.Id) { Limit = 2 }, default);
                var builder = TurnBuilder.Create(thread.HistoryMode);
                history.ForEach(builder.Add);
                Assert.Equal(builder.Build().Texts(), turns.Texts());
            });
            await Documented.CallAsync(async () => await store.CopyLogAsync(thread.Id, Stream.Null));
        }
    }

    static byte[] Mutate(byte[] log, (int At, byte Value, int Kind)[] edits)
    {
        var bytes = log.ToList();
        foreach (var (at, value, kind) in edits)
        {
            var index = Math.Min(at, bytes.Count - 1);
            if (index < 0)
                break;
            switch (kind)
            {
                case 0:
                    bytes[index] = value;
                    break;
                case 1:
                    bytes.Insert(index, value);
                    break;
                case 2:
                    bytes.RemoveAt(index);
                    break;
                case 3:
                    bytes.RemoveRange(index, Math.Min(bytes.Count - index, value));
                    break;
                default:
                    bytes.InsertRange(
                        index,
                        log.AsSpan(Math.Min(value * 7, log.Length), Math.Min(100, log.Length - Math.Min(value * 7, log.Length))).ToArray()
                    );
                    break;
            }
        }
        return [.. bytes];
    }
}
