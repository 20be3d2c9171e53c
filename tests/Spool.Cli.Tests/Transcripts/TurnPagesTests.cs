namespace Spool.Cli.Tests;

public sealed class TurnPagesTests : IAsyncDisposable
{
    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly PagedStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(1, 20)]
    [InlineData(10, 9)]
    [InlineData(500, 2)]
    public async Task Turns_come_in_order_in_pages_of_few_items(int items, int most)
    {
        var turns = Enumerable.Range(0, 61).Select(n => Samples.Turn($"t{n}", [.. Enumerable.Repeat(Samples.Agent("x"), items)])).ToList();
        _store.Laid.Turns[Id] = turns;

        Assert.Equal(turns.Select(turn => turn.Id), await ReadAsync());

        Assert.Equal(most, _store.Limits.Max());
        Assert.Equal(items == 500 ? 1 : most, _store.Limits[^1]);
    }

    [Fact]
    public async Task What_comes_before_a_page_that_cannot_be_read_is_given()
    {
        _store.Laid.Turns[Id] = [.. Enumerable.Range(0, 9).Select(n => Samples.Turn($"t{n}", Samples.Agent("x")))];
        _store.FailingPage = 2;
        var read = new List<string>();

        await Assert.ThrowsAsync<ThreadStoreException>(() => ReadAsync(read));

        Assert.Equal(["t0", "t1"], read);
    }

    async Task<List<string>> ReadAsync(List<string>? read = null)
    {
        read ??= [];
        await using var pages = new TurnPages(_store);
        await foreach (var turn in pages.EnumerateAsync(new ListTurnsRequest(Id), TestContext.Current.CancellationToken))
            read.Add(turn.Id);
        return read;
    }

    // Notes how large the pages are that it is asked for, and fails at one.
    sealed class PagedStore() : DelegatingThreadStore(new FakeStore())
    {
        public FakeStore Laid => (FakeStore)Inner;

        public List<int> Limits { get; } = [];

        public int? FailingPage { get; set; }

        public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
        {
            Limits.Add(request.Limit);
            return Limits.Count == FailingPage
                ? throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Not now.")
                : base.ListTurnsAsync(request, cancellationToken);
        }
    }
}
