using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>The items of a history. Nothing here holds an item once the next one is asked for: while room for that one is waited for, the
/// one before takes none. Each step is a call of the store, and misuse when that is disposed.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="items">Gives the items, each in the same box, with a token that ends it. An iterator would keep what it gave until it gives
/// the next.</param>
/// <param name="calls">The calls of the store.</param>
/// <param name="called">The token of the call.</param>
sealed class ItemsLetGo(
    ReadHistoryRequest request,
    Func<ReadHistoryRequest, CancellationToken, IAsyncEnumerable<StrongBox<RolloutItem?>>> items,
    OngoingCalls calls,
    CancellationToken called
) : IAsyncEnumerable<RolloutItem>
{
    /// <inheritdoc/>
    public IAsyncEnumerator<RolloutItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(request, items, calls, called, cancellationToken);

    sealed class Enumerator : IAsyncEnumerator<RolloutItem>
    {
        readonly ReadHistoryRequest _request;
        readonly OngoingCalls _calls;
        readonly CancellationTokenSource _caller,
            _either;
        readonly IAsyncEnumerator<StrongBox<RolloutItem?>> _items;
        RolloutItem? _current;

        public Enumerator(
            ReadHistoryRequest request,
            Func<ReadHistoryRequest, CancellationToken, IAsyncEnumerable<StrongBox<RolloutItem?>>> items,
            OngoingCalls calls,
            CancellationToken called,
            CancellationToken asked
        )
        {
            (_request, _calls) = (request, calls);
            _caller = CancellationTokenSource.CreateLinkedTokenSource(called, asked);
            _either = calls.Linked(_caller.Token);
            _items = items(request, _either.Token).GetAsyncEnumerator(_either.Token);
        }

        public RolloutItem Current => _current!;

        public async ValueTask<bool> MoveNextAsync()
        {
            ArgumentNullException.ThrowIfNull(_request);
            _current = null;
            if (!await _calls.NextAsync(_items, _caller.Token).ConfigureAwait(false))
                return false;
            (_current, _items.Current.Value) = (_items.Current.Value, null);
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            await _items.DisposeAsync().ConfigureAwait(false);
            _either.Dispose();
            _caller.Dispose();
        }
    }
}
