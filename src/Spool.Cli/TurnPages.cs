namespace Spool.Cli;

/// <summary>Reads turns in pages that hold few items, however many a turn has, so that memory stays small and short turns are not read one
/// by one. The next page is read while one is written.</summary>
/// <param name="store">The store.</param>
sealed class TurnPages(IThreadStore store) : IAsyncDisposable
{
    const int First = 2;
    const int Most = 20;
    const int Items = 100; // of a page; those of an agent at work have some kilobytes each

    int _turns = First;
    Task<Page<Turn>>? _next;

    /// <summary>Gives the turns that a request asks for; its limit does not count. To be enumerated once.</summary>
    public IAsyncEnumerable<Turn> EnumerateAsync(ListTurnsRequest request, CancellationToken cancellationToken) =>
        PageEnumeration.EnumerateAsync<ListTurnsRequest, Turn>(request, ListAsync, cancellationToken);

    /// <summary>Waits for the page that is being read.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_next is not null)
            await _next.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    async ValueTask<Page<Turn>> ListAsync(ListTurnsRequest request, CancellationToken cancellationToken)
    {
#pragma warning disable VSTHRD003 // begun below
        var page = await (_next ?? ReadAsync(request, cancellationToken));
#pragma warning restore VSTHRD003
        var items = page.Items.Sum(turn => turn.Items.Count + 1);
        if (page.Items.Count > 0)
            _turns = Math.Clamp(Items * page.Items.Count / items, 1, Math.Min(Most, 2 * page.Items.Count));
        _next = page.NextCursor is { } cursor
            ? Task.Run(() => ReadAsync(request with { Cursor = cursor }, cancellationToken), cancellationToken)
            : null;
        return page;
    }

    Task<Page<Turn>> ReadAsync(ListTurnsRequest request, CancellationToken cancellationToken) =>
        store.ListTurnsAsync(request with { Limit = _turns }, cancellationToken).AsTask();
}
