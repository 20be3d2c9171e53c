using Xunit;

namespace Spool.TestKit;

// Lines that are not one record, because two were written into one.
public partial class DamagedThreadConformanceTests<THarness>
{
    /// <summary>DAMG-10.</summary>
    [Fact, Guarantee("DAMG-10")]
    public async Task A_line_that_is_not_one_record_damages_the_thread_and_the_whole_records_in_it_are_used()
    {
        foreach (var (name, join) in Joins)
        {
            foreach (var number in new[] { 1, 2 })
            {
                // The first question is the second record of line 4.
                var log = SampleHome.Turns(number, 0).Turn("First", "One").Turn("Second", "Two");
                var store = await OpenAsync([Joined(log, 3, join)]);
                var whole = await OpenAsync([SampleHome.Turns(number + 10, 0).Turn("First", "One").Turn("Second", "Two").ToSeed()]);

                var thread = await store.GetAsync(log.Thread(), Cancellation);
                Assert.True(ThreadCondition.Damaged == thread.State, $"{name}: {thread.State}");
                Assert.Matches(@"\b1 of \d+ lines .*\bline 4\b", thread.StateReason);
                Assert.Equal("First", thread.Preview);
                var turns = await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()) { Limit = 1 }, Cancellation);
                Assert.Equal(
                    (await whole.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number + 10)), Cancellation)).Select(turn =>
                        turn.Items.Count
                    ),
                    turns.Select(turn => turn.Items.Count)
                );
                Assert.Equal(["First", "Second"], turns.Select(turn => turn.Items[0].Json["content"]![0]!["text"]!.ToString()));
            }
        }
    }

    /// <summary>DAMG-11.</summary>
    [Fact, Guarantee("DAMG-11")]
    public async Task A_line_that_is_not_one_record_is_one_unreadable_item_with_the_ordinal_that_it_begins_with()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 2);
            var seed = Joined(log, 3, (first, second) => [.. first, .. second]);
            var store = await OpenAsync([seed]);

            var items = await store.HistoryAsync(log.Thread(), Cancellation);
            Assert.Equal(seed.Lines.Texts(), items.Texts());
            Assert.Equal(
                (RolloutItemKind.Unreadable, 3L, null, 0),
                (items[3].Kind, items[3].Ordinal, items[3].Type, items[3].Payload.Length)
            );
            Assert.DoesNotContain(items.Where((_, index) => index != 3), item => item.Kind == RolloutItemKind.Unreadable);
            Assert.Equal(number % 2 == 0 ? 4 : 5, items[4].Ordinal);
            Assert.Equal(
                items.Texts(),
                (await store.AllItemsAsync(new ListItemsRequest(log.Thread()) { Limit = 1 }, Cancellation)).Texts()
            );
        }
    }

    /// <summary>DAMG-12.</summary>
    [Fact, Guarantee("DAMG-12")]
    public async Task What_is_appended_behind_a_line_that_is_not_one_record_gets_an_ordinal_that_no_record_has()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number).Turn("Question");
            var last = log.Lines.Count - 2;
            var store = await OpenAsync([Joined(log, last, (first, second) => [.. first, .. second])]);
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.Corrupt, async () => await store.ResumeAsync(log.Thread(), Cancellation));
            await using (
                var writer = await store.ResumeAsync(new ResumeRequest(log.Thread()) { OnDamage = DamagedLog.AppendBehind }, Cancellation)
            )
            {
                Assert.Equal(number % 2 == 0 ? log.Lines.Count - 1 : log.NextOrdinal, writer.NextOrdinal);
                await writer.AppendAsync(StoreWriting.Notes("behind"), Cancellation);
            }

            var history = await store.HistoryAsync(log.Thread(), Cancellation);
            Assert.Equal(log.Lines.Count, history.Count);
            Assert.Equal(StoreWriting.Notes("behind").NoteTexts(), history[^1..].NoteTexts());
        }
    }

    static (string, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, byte[]>)[] Joins { get; } =
    [
        ("two on a line", (first, second) => [.. first, .. second]),
        ("a space between them", (first, second) => [.. first, (byte)' ', .. second]),
        ("a comma between them", (first, second) => [.. first, (byte)',', .. second]),
        ("zeros between them", (first, second) => [.. first, 0, 0, 0, .. second]),
        ("garbage behind", (first, second) => [.. first, .. second, .. "}}garbage}}"u8]),
        ("a third one cut", (first, second) => [.. first, .. second, .. first[..(first.Length / 2)]]),
        ("garbage before", (first, second) => [.. "y\":1}}"u8, .. first, .. second]),
    ];

    // Puts a line and the next one on one line.
    static ThreadSeed Joined(RolloutLines log, int first, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, byte[]> join) =>
        log.ToSeed() with
        {
            Lines = [.. log.Lines.Take(first), join(log.Lines[first].Span, log.Lines[first + 1].Span), .. log.Lines.Skip(first + 2)],
        };
}
