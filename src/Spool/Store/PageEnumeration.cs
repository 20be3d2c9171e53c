using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Reads lists to their end, for callers that want the entries and no cursors.</summary>
/// <remarks>
/// A page is asked for when the entries before it have been taken and the next one is wanted, so a caller that stops early asks for none
/// too many; the limit of the request is how many come at once. One page is in memory at a time. Cancellation ends the enumeration between
/// two entries, and while a page is awaited. An error of the store is thrown where the page was wanted; the entries before it have been
/// given. What changes meanwhile shows as <see cref="IThreadStore"/> says of its pages. An enumeration may be repeated, and begins again
/// each time.
/// </remarks>
public static class PageEnumeration
{
    /// <summary>Gives the threads that a query finds, from its cursor on.</summary>
    /// <param name="store">The store.</param>
    /// <param name="query">The query.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ListAsync"/>; <see cref="ThreadStoreErrorCode.Internal"/>: the
    /// store's pages never end.</exception>
    public static IAsyncEnumerable<StoredThread> EnumerateAsync(
        this IThreadStore store,
        ThreadQuery query,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return EnumerateAsync<ThreadQuery, StoredThread>(query, store.ListAsync, cancellationToken);
    }

    /// <summary>Gives the turns of a thread, from the cursor of the request on.</summary>
    /// <param name="store">The store.</param>
    /// <param name="request">The thread and the direction.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ListTurnsAsync"/>; <see cref="ThreadStoreErrorCode.Internal"/>:
    /// the store's pages never end.</exception>
    public static IAsyncEnumerable<Turn> EnumerateAsync(
        this IThreadStore store,
        ListTurnsRequest request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return EnumerateAsync<ListTurnsRequest, Turn>(request, store.ListTurnsAsync, cancellationToken);
    }

    /// <summary>Gives the stored items of a thread, from the cursor of the request on. For all of them, oldest first,
    /// <see cref="IThreadStore.ReadHistoryAsync"/> costs less.</summary>
    /// <param name="store">The store.</param>
    /// <param name="request">The thread and the direction.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ListItemsAsync"/>; <see cref="ThreadStoreErrorCode.Internal"/>:
    /// the store's pages never end.</exception>
    public static IAsyncEnumerable<RolloutItem> EnumerateAsync(
        this IThreadStore store,
        ListItemsRequest request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return EnumerateAsync<ListItemsRequest, RolloutItem>(request, store.ListItemsAsync, cancellationToken);
    }

    /// <summary>Gives the entries of any list that is paged, from the cursor of the request on.</summary>
    /// <typeparam name="TRequest">The kind of request.</typeparam>
    /// <typeparam name="T">What the list holds.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="list">Gives a page.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="ThreadStoreException">What <paramref name="list"/> throws; <see cref="ThreadStoreErrorCode.Internal"/>: it gave a
    /// cursor twice, or an empty page with another one behind it, so the pages never end. How far it goes before that is noticed grows with
    /// how long the circle of cursors is.</exception>
    public static IAsyncEnumerable<T> EnumerateAsync<TRequest, T>(
        TRequest request,
        Func<TRequest, CancellationToken, ValueTask<Page<T>>> list,
        CancellationToken cancellationToken = default
    )
        where TRequest : PageRequest
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(list);
        return EntriesAsync(request, list, cancellationToken);
    }

    static async IAsyncEnumerable<T> EntriesAsync<TRequest, T>(
        TRequest request,
        Func<TRequest, CancellationToken, ValueTask<Page<T>>> list,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where TRequest : PageRequest
    {
        // One cursor is kept, for twice as many pages each time: a circle of any length comes back to it (Brent).
        var kept = request.Cursor;
        var (pages, most) = (0L, 1L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await list(request, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry;
            }
            if (page.NextCursor is not { } next)
                yield break;
            if (next == kept || page.Items.Count == 0)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Internal,
                    "The store gave a cursor that leads nowhere new, so its pages would never end."
                );
            if (++pages == most)
                (kept, pages, most) = (next, 0, most * 2);
            request = request with { Cursor = next };
        }
    }
}
