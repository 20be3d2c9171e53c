using Spool.Tests;

namespace Spool.Server.Tests;

/// <summary>A store of whose next append nobody knows what became of it, as after a disk that failed.</summary>
sealed class UnsureStore(IThreadStore inner) : MutantStore(inner)
{
    /// <summary>Gets or sets whether the next append is kept or not before it is said to be unknown; null for an append like any
    /// other.</summary>
    public bool? NextIsKept { get; set; }

    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        new UnsureWriter(this, await base.CreateAsync(request, cancellationToken));

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        new UnsureWriter(this, await base.ResumeAsync(request, cancellationToken));

    sealed class UnsureWriter(UnsureStore store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            if (store.NextIsKept is not { } isKept)
                return await base.AppendAsync(request, cancellationToken);
            store.NextIsKept = null;
            if (isKept)
                await base.AppendAsync(request, cancellationToken);
            throw ThreadStoreException.OutcomeUnknown("It is not known what became of the append.");
        }
    }
}
