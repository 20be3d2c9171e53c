using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of <see cref="IThreadStore.ReadHistoryAsync"/>.</summary>
public class HistoryConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>HIST-01.</summary>
    [Fact, Guarantee("HIST-01")]
    public async Task A_history_is_every_line_of_the_log_byte_for_byte_in_order()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 4);
            var store = await OpenAsync(log);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
        }
    }

    /// <summary>HIST-02.</summary>
    [Fact, Guarantee("HIST-02")]
    public async Task Unknown_kinds_and_unknown_members_come_back_byte_for_byte()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome
                .Log(number, SeedIds.Epoch)
                .Item("hologram", """{"type":"beam","depth":{"a":[1,2.50,1e3,null]},"big":12345678901234567890123}""")
                .Item("event_msg", """{"type":"brand_new","x":"\u00e9\/"}""")
                .Item("hologram", "\"only text\"")
                .Item("hologram", "[1,2,3]")
                .Item("hologram", "null")
                .Turn("Hello");
            var store = await OpenAsync(log);

            var items = await store.HistoryAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(log.Lines.Texts(), items.Texts());
            Assert.Equal((RolloutItemKind.Other, "hologram", "beam"), (items[1].Kind, items[1].Type, items[1].PayloadType));
            Assert.Equal((RolloutItemKind.Event, "brand_new"), (items[2].Kind, items[2].PayloadType));
        }
    }

    /// <summary>HIST-03.</summary>
    [Fact, Guarantee("HIST-03")]
    public async Task Lines_that_are_not_utf_8_come_back_byte_for_byte()
    {
        byte[] invalid =
        [
            .. "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"x\",\"text\":\""u8,
            0xFF,
            0xC3,
            0x28,
            0x00,
            .. "\"}}"u8,
        ];
        var log = SampleHome.Log(2, SeedIds.Epoch).Line(invalid).Line([0xFE, 0x80, 0x0D, 0x01]).Turn("Hello");
        var store = await OpenAsync(log);

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).Texts());
        Assert.Equal("Hello", (await store.FindAsync(SeedIds.Id(2), Cancellation))?.Preview);
    }

    /// <summary>HIST-04.</summary>
    [Fact, Guarantee("HIST-04")]
    public async Task Lines_in_any_order_of_members_and_with_any_spacing_are_understood_and_kept()
    {
        var log = RolloutLines
            .Legacy(SeedIds.Id(2), SeedIds.Epoch)
            .Line(
                """{ "payload" : {"message":"Spaced","type":"user_message"} , "type":"event_msg", "timestamp":"2026-04-30T10:00:00+00:00" }"""u8
            )
            .Line(
                """{"timestamp":"2026-04-30T11:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"Later"},"extra":{"a":1}}"""u8
            );
        var store = await OpenAsync(log);

        var items = await store.HistoryAsync(SeedIds.Id(2), Cancellation);
        Assert.Equal(log.Lines.Texts(), items.Texts());
        Assert.Equal(["user_message", "user_message"], items.Skip(1).Select(item => item.PayloadType));
        Assert.Equal("Spaced", (await store.FindAsync(SeedIds.Id(2), Cancellation))?.Preview);
    }

    /// <summary>HIST-05.</summary>
    [Fact, Guarantee("HIST-05")]
    public async Task Ordinals_are_those_of_the_lines_or_else_the_line_numbers_from_zero()
    {
        var store = await OpenAsync([SampleHome.Turns(2, 2).ToSeed(), SampleHome.Turns(3, 2).ToSeed()]);

        foreach (var number in new[] { 2, 3 })
        {
            var items = await store.HistoryAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(Enumerable.Range(0, items.Count).Select(position => (long)position), items.Select(item => item.Ordinal));
        }
    }

    /// <summary>HIST-06.</summary>
    [Fact, Guarantee("HIST-06")]
    public async Task The_history_of_an_unknown_thread_is_not_found()
    {
        var store = await OpenAsync([]);

        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, () => store.HistoryAsync(SeedIds.Id(1), Cancellation));
    }

    /// <summary>HIST-07.</summary>
    [Fact, Guarantee("HIST-07")]
    public async Task The_history_of_an_archived_thread_can_be_read()
    {
        var log = SampleHome.Turns(1, 2);
        var store = await OpenAsync([log.ToSeed(SeedPlace.Archived)]);

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
        Assert.Equal(
            log.Lines.Texts(),
            (await store.AllItemsAsync(new ListItemsRequest(SeedIds.Id(1)) { Limit = 3 }, Cancellation)).Texts()
        );
    }

    /// <summary>HIST-08.</summary>
    [Fact, Guarantee("HIST-08")]
    public async Task A_stream_may_be_left_halfway_and_begun_again()
    {
        var log = SampleHome.Turns(2, 3);
        var store = await OpenAsync(log);

        for (var length = 1; length <= 3; length++)
        {
            var count = 0;
            await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(SeedIds.Id(2)), Cancellation))
            {
                if (++count == length)
                    break;
            }
        }
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).Texts());
    }

    /// <summary>HIST-09.</summary>
    [Fact, Guarantee("HIST-09")]
    public async Task Long_lines_come_back_whole()
    {
        var log = RolloutLines.Paginated(SeedIds.Id(1), SeedIds.Epoch);
        foreach (var length in new[] { 4_000, 65_400, 65_536, 300_000 })
            log.Turn("Long", new string('ä', length / 2));
        var store = await OpenAsync(log);

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>HIST-10.</summary>
    [Fact, Guarantee("HIST-10")]
    public async Task Many_readers_at_once_get_the_same_history()
    {
        var log = SampleHome.Turns(3, 20);
        var store = await OpenAsync([log.ToSeed(), SampleHome.Turns(2, 5).ToSeed()]);

        var histories = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.HistoryAsync(SeedIds.Id(3), Cancellation), Cancellation))
        );
        Assert.All(histories, history => Assert.Equal(log.Lines.Texts(), history.Texts()));
    }

    /// <summary>HIST-11.</summary>
    [Fact, Guarantee("HIST-11")]
    public async Task An_item_gives_the_time_and_the_payload_of_its_line()
    {
        var store = await OpenAsync(RolloutLines.Paginated(SeedIds.Id(1), SeedIds.Epoch).Item("compacted", "{\"message\":\"Short\"}"));

        var item = (await store.HistoryAsync(SeedIds.Id(1), Cancellation))[1];
        Assert.Equal((RolloutItemKind.Compacted, (DateTimeOffset?)SeedIds.Epoch.AddMilliseconds(1)), (item.Kind, item.Timestamp));
        Assert.Equal("{\"message\":\"Short\"}", Encoding.UTF8.GetString(item.Payload.Span));
    }
}
