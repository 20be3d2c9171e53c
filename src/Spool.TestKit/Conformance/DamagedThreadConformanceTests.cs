using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for logs that are not whole: nothing is hidden, and nothing readable is lost.</summary>
public partial class DamagedThreadConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>DAMG-01.</summary>
    [Fact, Guarantee("DAMG-01")]
    public async Task A_torn_last_line_is_kept_and_shown_as_an_unreadable_item()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 2).Torn();
            var store = await OpenAsync(log);

            var items = await store.HistoryAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(log.Lines.Texts(), items.Texts());
            Assert.Equal(RolloutItemKind.Unreadable, items[^1].Kind);
            Assert.DoesNotContain(items.SkipLast(1), item => item.Kind == RolloutItemKind.Unreadable);
            Assert.Equal(ThreadCondition.Torn, (await store.FindAsync(SeedIds.Id(number), Cancellation))?.State);
        }
    }

    /// <summary>DAMG-02.</summary>
    [Fact, Guarantee("DAMG-02")]
    public async Task An_unreadable_line_in_the_middle_costs_only_itself()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 1).Rubbish("{\"timestamp\":\"2026-04-30T09"u8).Turn("After");
            var store = await OpenAsync(log);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
            Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation)).Count);
            var thread = await store.FindAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal((ThreadCondition.Damaged, "Question 1"), (thread?.State, thread?.Preview));
        }
    }

    /// <summary>DAMG-03.</summary>
    [Fact, Guarantee("DAMG-03")]
    public async Task An_empty_log_is_listed_as_unreadable()
    {
        var store = await OpenAsync([RolloutLines.Headless(SeedIds.Id(1), SeedIds.Epoch).ToSeed()]);

        await AssertUnreadableAsync(store, []);
    }

    /// <summary>DAMG-04.</summary>
    [Fact, Guarantee("DAMG-04")]
    public async Task A_log_without_one_item_is_listed_as_unreadable_and_its_lines_are_kept()
    {
        var log = RolloutLines
            .Headless(SeedIds.Id(1), SeedIds.Epoch)
            .Rubbish("PK\u0003\u0004"u8)
            .Rubbish([0xFF, 0xFE, 0x00])
            .Rubbish("{}"u8);
        var store = await OpenAsync(log);

        await AssertUnreadableAsync(store, log.Lines.Texts());
    }

    /// <summary>DAMG-05.</summary>
    [Fact, Guarantee("DAMG-05")]
    public async Task A_log_without_a_head_is_damaged_and_its_items_are_served()
    {
        var log = RolloutLines.Headless(SeedIds.Id(1), SeedIds.Epoch).Turn("Where is my head?");
        var store = await OpenAsync(log);

        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        Assert.Equal((SeedIds.Id(1), ThreadCondition.Damaged, "Where is my head?"), (thread.Id, thread.State, thread.Preview));
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>DAMG-06.</summary>
    [Fact, Guarantee("DAMG-06")]
    public async Task An_unknown_history_mode_is_named_and_its_items_are_served()
    {
        var seed = SampleHome.Conditions()[4];
        var store = await OpenAsync([seed]);

        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        Assert.Equal((ThreadCondition.UnknownFormat, "holographic", "Hello"), (thread.State, thread.HistoryMode, thread.Preview));
        Assert.Equal(seed.Lines.Texts(), (await store.HistoryAsync(seed.Id, Cancellation)).Texts());
        Assert.Equal(seed.Lines.Texts(), (await store.AllItemsAsync(new ListItemsRequest(seed.Id) { Limit = 1 }, Cancellation)).Texts());
    }

    /// <summary>DAMG-07.</summary>
    [Fact, Guarantee("DAMG-07")]
    public async Task No_thread_is_hidden_by_its_own_damage_or_that_of_another()
    {
        foreach (var place in Enum.GetValues<SeedPlace>())
        {
            var store = await OpenAsync(SampleHome.Conditions().Select(seed => seed with { Place = place }));
            var query = new ThreadQuery
            {
                Visibility = ThreadVisibility.All,
                Limit = 2,
                Archive = place == SeedPlace.Archived ? ArchiveFilter.Archived : ArchiveFilter.Active,
            };

            var threads = await store.ListAllAsync(query, Cancellation);
            Assert.Equal(SampleHome.Conditions().Select(seed => seed.Id.ToString()).Order(), threads.Ids().Order());
            Assert.Equal(
                [
                    ThreadCondition.Ok,
                    ThreadCondition.Torn,
                    ThreadCondition.Damaged,
                    ThreadCondition.Unreadable,
                    ThreadCondition.UnknownFormat,
                ],
                threads.OrderBy(thread => thread.Id.ToString(), StringComparer.Ordinal).Select(thread => thread.State)
            );
        }
    }

    /// <summary>DAMG-08.</summary>
    [Fact, Guarantee("DAMG-08")]
    public async Task A_damaged_thread_that_has_a_preview_is_in_the_list_without_asking()
    {
        var store = await OpenAsync(SampleHome.Conditions());

        var listed = await store.ListAllAsync(new ThreadQuery(), Cancellation);
        Assert.Equal(4, listed.Count);
        Assert.DoesNotContain(SeedIds.Id(5), listed.Select(thread => thread.Id));
    }

    /// <summary>DAMG-09.</summary>
    [Fact, Guarantee("DAMG-09")]
    public async Task Every_condition_but_ok_has_a_reason_of_one_sentence_without_paths()
    {
        var store = await OpenAsync(SampleHome.Conditions());

        foreach (var thread in await store.ListAllAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation))
        {
            if (thread.State == ThreadCondition.Ok)
                Assert.Null(thread.StateReason);
            else
                Assert.Matches(@"^[A-Z0-9][^/\\\n]+\.$", thread.StateReason);
        }
    }

    /// <summary>DAMG-13.</summary>
    [Fact, Guarantee("DAMG-13")]
    public async Task Text_that_JSON_does_not_allow_costs_neither_the_preview_nor_a_turn()
    {
        (byte[] Stored, string Read)[] texts =
        [
            (Encoding.UTF8.GetBytes("\\ud83d"), "\uFFFD"),
            (Encoding.UTF8.GetBytes("\\uDE00\\ud83d"), "\uFFFD\uFFFD"),
            ([0xE9], "\uFFFD"),
            ([0xC3, 0x28], "\uFFFD("),
            ([0xED, 0xA0, 0xBD], "\uFFFD\uFFFD\uFFFD"),
            ("\t"u8.ToArray(), "\t"),
            ([1], "\u0001"),
            ([0], "\0"),
            ([0x1B, (byte)'[', (byte)'1', (byte)'m'], "\u001B[1m"),
        ];
        foreach (var (stored, read) in texts)
        {
            foreach (var number in new[] { 1, 2 })
            {
                var log = SampleHome.Turns(number, 0).Turn("Mend the <odd> parser", "The <odd> one");
                var seed = log.ToSeed() with { Lines = [.. log.Lines.Select(line => Replaced(line, stored))] };
                var store = await OpenAsync([seed]);

                var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery(), Cancellation), listed => listed.Id == log.Thread());
                Assert.Equal(($"Mend the {read} parser", ThreadCondition.Damaged), (thread.Preview, thread.State));
                Assert.Matches(@"\b4 of \d+ lines .*\bline 4\b", thread.StateReason);
                var turn = Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation));
                Assert.Equal(
                    [$"Mend the {read} parser", $"The {read} one"],
                    [turn.Items[0].Json["content"]![0]!["text"]!.ToString(), turn.Items[1].Json["text"]!.ToString()]
                );
                Assert.Equal(
                    seed.Lines.Select(line => Convert.ToHexString(line.Span)),
                    (await store.HistoryAsync(log.Thread(), Cancellation)).Select(item => Convert.ToHexString(item.Bytes.Span))
                );
            }
        }
    }

    /// <summary>DAMG-14.</summary>
    [Fact, Guarantee("DAMG-14")]
    public async Task A_byte_order_mark_and_carriage_returns_cost_nothing()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 2);
            var plain = await (await OpenAsync(log)).GetAsync(log.Thread(), Cancellation);
            var seed = log.ToSeed() with
            {
                Lines =
                [
                    .. log.Lines.Select(
                        (line, index) => (ReadOnlyMemory<byte>)(byte[])[.. index == 0 ? "\uFEFF"u8 : default, .. line.Span, (byte)'\r']
                    ),
                ],
            };
            var store = await OpenAsync([seed]);

            Assert.Equal(plain.WithoutRevision(), (await store.FindAsync(log.Thread(), Cancellation)).WithoutRevision());
            Assert.Equal(seed.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Count);
            await using var writer = await store.ResumeAsync(log.Thread(), Cancellation);
            Assert.Equal(log.Lines.Count, writer.NextOrdinal);
        }
    }

    /// <summary>DAMG-15.</summary>
    [Fact, Guarantee("DAMG-15")]
    public async Task What_a_client_without_ordinals_appended_to_a_paginated_log_is_in_its_turns()
    {
        var log = SampleHome.Turns(1, 1);
        var older = RolloutLines.Legacy(log.Thread(), SeedIds.Epoch.AddHours(1)).Wait(TimeSpan.FromSeconds(1));
        var before = log.Lines.Count;
        var turns = older
            .StartTurn()
            .UserMessage("Asked through an older client")
            .AgentMessage("Answered")
            .CompleteTurn()
            .Lines.Skip(1)
            .Select(line =>
                (ReadOnlyMemory<byte>)
                    Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line.Span).Replace("00000001-", "0000000a-", StringComparison.Ordinal))
            );
        var store = await OpenAsync([log.ToSeed() with { Lines = [.. log.Lines, .. turns] }]);

        var shown = await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()) { Limit = 1 }, Cancellation);
        Assert.Equal(2, shown.Count);
        Assert.Equal(["userMessage", "agentMessage"], shown[1].Items.Select(item => item.Type));
        Assert.Equal(
            ("Asked through an older client", "Answered"),
            (shown[1].Items[0].Json["content"]![0]!["text"]!.ToString(), shown[1].Items[1].Json["text"]!.ToString())
        );
        Assert.Equal(TurnStatus.Completed, shown[1].Status);
        Assert.Equal(ThreadCondition.Ok, (await store.GetAsync(log.Thread(), Cancellation)).State);
        Assert.Equal(
            Enumerable.Range(0, before + older.Lines.Count - 1),
            (await store.HistoryAsync(log.Thread(), Cancellation)).Select(item => (int)item.Ordinal)
        );
    }

    /// <summary>DAMG-16.</summary>
    [Fact, Guarantee("DAMG-16")]
    public async Task A_paginated_log_from_whose_middle_records_were_taken_is_damaged_and_says_which()
    {
        var log = SampleHome.Turns(1, 3);
        var lines = log.Lines;
        ThreadSeed Without(params int[] missing) => log.ToSeed() with { Lines = [.. lines.Where((_, index) => !missing.Contains(index))] };

        foreach (
            var (seed, reason) in new (ThreadSeed, string?)[]
            {
                (Without(), null),
                (Without(1), "Record 1 is missing before line 2."),
                (Without(4, 5, 6), "Records 4 to 6 are missing before line 5."),
                (Without(4, 5, 9, 11), "Records 4 to 5 are missing before line 5, and 2 more further on."),
                (Without(lines.Count - 1), null), // a log that ends earlier
                // What is missing at a damaged line was in it.
                (
                    log.ToSeed() with
                    {
                        Lines = [.. lines.Take(4), "{"u8.ToArray(), .. lines.Skip(6)],
                    },
                    $"1 of {lines.Count - 1} lines could not be read; the first is line 5."
                ),
                (
                    log.ToSeed() with
                    {
                        Lines = [.. lines.Take(4), "{"u8.ToArray(), .. lines.Skip(6).Take(2), .. lines.Skip(9)],
                    },
                    $"1 of {lines.Count - 2} lines could not be read; the first is line 5; besides, record 8 is missing before line 8."
                ),
            }
        )
        {
            var store = await OpenAsync([seed]);

            var thread = await store.GetAsync(log.Thread(), Cancellation);
            Assert.Equal((reason is null ? ThreadCondition.Ok : ThreadCondition.Damaged, reason), (thread.State, thread.StateReason));
            Assert.Equal(seed.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
        var fork = log.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Later");
        var forked = await OpenAsync([log.ToSeed(), fork.ToSeed()]);
        // its first record has not the ordinal 0
        Assert.Equal(ThreadCondition.Ok, (await forked.GetAsync(SeedIds.Id(3), Cancellation)).State);
    }

    static ReadOnlyMemory<byte> Replaced(ReadOnlyMemory<byte> line, byte[] stored)
    {
        var at = line.Span.IndexOf("<odd>"u8);
        return at < 0 ? line : (byte[])[.. line.Span[..at], .. stored, .. line.Span[(at + 5)..]];
    }

    static async Task AssertUnreadableAsync(IThreadStore store, string[] lines)
    {
        Assert.Empty(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation));
        Assert.Equal((SeedIds.Id(1), ThreadCondition.Unreadable), (thread.Id, thread.State));
        Assert.Equal(thread, await store.FindAsync(thread.Id, Cancellation));
        Assert.Equal(lines, (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
        Assert.Equal(lines, (await store.AllItemsAsync(new ListItemsRequest(thread.Id) { Limit = 1 }, Cancellation)).Texts());
        Assert.Empty(await store.AllTurnsAsync(new ListTurnsRequest(thread.Id), Cancellation));
    }
}
