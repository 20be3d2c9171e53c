namespace Spool.Cli;

/// <summary>Reads turns in pages that hold few items, however many a turn has, so that memory stays small and short turns are not read one
/// by one.</summary>
/// <param name="store">The store.</param>
sealed class TurnPages(IThreadStore store)
{
    const int First = 2;
    const int Most = 20;
    const int Items = 100; // of a page; those of an agent at work have some kilobytes each

    int _turns = First;

    /// <summary>Gives the turns that a request asks for; its limit does not count.</summary>
    public IAsyncEnumerable<Turn> EnumerateAsync(ListTurnsRequest request, CancellationToken cancellationToken) =>
        PageEnumeration.EnumerateAsync<ListTurnsRequest, Turn>(request, ListAsync, cancellationToken);

    async ValueTask<Page<Turn>> ListAsync(ListTurnsRequest request, CancellationToken cancellationToken)
    {
        var page = await store.ListTurnsAsync(request with { Limit = _turns }, cancellationToken);
        var items = page.Items.Sum(turn => turn.Items.Count + 1);
        if (page.Items.Count > 0)
            _turns = Math.Clamp(Items * page.Items.Count / items, 1, Math.Min(Most, 2 * page.Items.Count));
        return page;
    }
}
