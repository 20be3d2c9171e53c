using Xunit;

namespace Spool.Tests;

public sealed class SeenBatchesTests
{
    static readonly NewItem Note = NewItem.FromJson("event_msg", """{"type":"note"}""");

    [Fact]
    public void The_oldest_of_129_batches_is_forgotten()
    {
        var batches = new SeenBatches();
        for (var number = 0; number <= SeenBatches.Most; number++)
            batches.Add(IdOf(number), 1, new AppendReceipt(number, 1));

        Assert.False(batches.Knows(IdOf(0)));
        Assert.All(
            Enumerable.Range(1, SeenBatches.Most),
            number => Assert.Equal(new AppendReceipt(number, 1), batches.Find(IdOf(number), 1))
        );
    }

    [Fact]
    public void A_batch_keeps_its_first_receipt_and_its_turn()
    {
        var batches = new SeenBatches();
        batches.Add(IdOf(1), 1, new AppendReceipt(1, 1));
        batches.Add(IdOf(1), 1, new AppendReceipt(9, 1));
        for (var number = 2; number <= SeenBatches.Most; number++)
            batches.Add(IdOf(number), 1, new AppendReceipt(number, 1));

        Assert.Equal(new AppendReceipt(1, 1), batches.Find(IdOf(1), 1));
        batches.Add(IdOf(0), 1, default);
        Assert.False(batches.Knows(IdOf(1)));
    }

    [Fact]
    public void Batches_with_an_item_that_was_not_stored_are_forgotten_and_no_others()
    {
        var batches = new SeenBatches();
        AppendReceipt[] receipts = [new(1, 2), new(3, 0), new(2, 1), new(2, 2), new(3, 1), new(9, 0)];
        foreach (var (number, receipt) in receipts.Index())
            batches.Add(IdOf(number), 1, receipt);

        batches.ForgetFrom(3);

        Assert.Equal([0, 1, 2], Enumerable.Range(0, receipts.Length).Where(number => batches.Knows(IdOf(number))));
        for (var number = 10; number < 10 + SeenBatches.Most - 3; number++)
            batches.Add(IdOf(number), 1, default);
        Assert.True(batches.Knows(IdOf(0)));
    }

    [Fact]
    public void Every_part_of_the_items_tells_their_content_from_others()
    {
        IReadOnlyList<NewItem>[] others =
        [
            [],
            [Note],
            [Note, Note],
            [Note with { Type = "event_msgs" }],
            [Note with { Metadata = "{}"u8.ToArray() }],
            [Note with { Payload = "{}"u8.ToArray() }],
            [Note with { Payload = "{}"u8.ToArray(), Metadata = "{}"u8.ToArray() }],
            [Note with { Payload = "{}{}"u8.ToArray() }],
        ];

        Assert.Equal(others.Length, others.Select(BatchContent.Of).Distinct().Count());
        Assert.Equal(BatchContent.Of([Note]), BatchContent.Of([Note with { Timestamp = DateTimeOffset.UnixEpoch }]));
    }

    [Theory]
    [InlineData(null, 0, 7, 0)]
    [InlineData(7L, 3, 7, 0)]
    [InlineData(5L, 3, 5, 2)]
    [InlineData(5L, 1, 5, 1)]
    [InlineData(2L, 9, 2, 5)]
    [InlineData(5L, 0, 5, 0)]
    public void An_append_goes_to_the_end_or_over_what_was_appended_before(long? expected, int count, long first, int there) =>
        Assert.Equal(new AppendPlace(first, there), AppendPlace.Find(expected, next: 7, firstAppended: 2, count));

    [Theory]
    [InlineData(8)]
    [InlineData(long.MaxValue)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void There_is_no_place_before_the_first_append_nor_behind_the_end(long expected) =>
        Assert.Null(AppendPlace.Find(expected, next: 7, firstAppended: 2, count: 3));

    static Guid IdOf(int number) => new(number, 0, 0, new byte[8]);
}
