using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Items that are held only by the caller as soon as the next one is asked for: while room for that one is waited
/// for, the one before takes none.</summary>
/// <param name="items">Gives the items, each in the same box. An iterator would keep what it gave until it gives the next.</param>
sealed class ItemsLetGo(IAsyncEnumerable<StrongBox<RolloutItem?>> items) : IAsyncEnumerable<RolloutItem>
{
    /// <inheritdoc/>
    public IAsyncEnumerator<RolloutItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(items.GetAsyncEnumerator(cancellationToken));

    sealed class Enumerator(IAsyncEnumerator<StrongBox<RolloutItem?>> items) : IAsyncEnumerator<RolloutItem>
    {
        RolloutItem? _current;

        public RolloutItem Current => _current!;

        public async ValueTask<bool> MoveNextAsync()
        {
            _current = null;
            if (!await items.MoveNextAsync().ConfigureAwait(false))
                return false;
            (_current, items.Current.Value) = (items.Current.Value, null);
            return true;
        }

        public ValueTask DisposeAsync() => items.DisposeAsync();
    }
}
