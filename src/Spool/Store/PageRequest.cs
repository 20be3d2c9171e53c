namespace Spool;

/// <summary>Asks for a page: what every call that gives a <see cref="Page{T}"/> is asked with. The type that is derived from it says of
/// which list.</summary>
/// <remarks>
/// For the page behind one, send the same request with that page's <see cref="Page{T}.NextCursor"/>; the limit may change from page to
/// page. <see cref="PageEnumeration"/> does so by itself.
/// </remarks>
public abstract record PageRequest
{
    /// <summary>Begins a request.</summary>
    /// <param name="limit">The default limit.</param>
    /// <param name="direction">The default direction.</param>
    protected PageRequest(int limit, SortDirection direction) => (Limit, Direction) = (limit, direction);

    /// <summary>Gets the most entries that the page holds.</summary>
    /// <value>The default value is that of the kind of request; the range is 1 to <see cref="LargestLimit"/>. A limit out of it is
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>.</value>
    public int Limit { get; init; }

    /// <summary>Gets the cursor of a page before: its <see cref="Page{T}.NextCursor"/>, or with the other direction its
    /// <see cref="Page{T}.BackwardsCursor"/>. Null for the first page.</summary>
    /// <value>A cursor belongs to the list that it was made for: to its kind, everything that chooses and orders its entries, and the
    /// direction. Another one, one that is damaged, longer than any cursor (512 characters), or of another version of Spool, is
    /// <see cref="ThreadStoreErrorCode.InvalidCursor"/>.</value>
    public string? Cursor { get; init; }

    /// <summary>Gets the direction of the list.</summary>
    /// <value>The default value is that of the kind of request. Both directions cost the same, but for items: where they are compressed, or
    /// their ordinals have gaps or repeat, a page that leads back costs as much as what comes before it.</value>
    public SortDirection Direction { get; init; }

    /// <summary>Gets the largest <see cref="Limit"/> of this kind of request.</summary>
    public abstract int LargestLimit { get; }
}
