using Spool.Tests;

namespace Spool.Server.Tests;

/// <summary>A store whose next append or find fails as it is told, and keeps nothing.</summary>
sealed class AwayStore(IThreadStore inner) : MutantStore(inner)
{
    /// <summary>Gets or sets how the next append or find fails; null where it does not.</summary>
    public ThreadStoreException? Next { get; set; }

    public override ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        Fail();
        return base.FindAsync(threadId, cancellationToken);
    }

    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        new Writer(this, await base.CreateAsync(request, cancellationToken));

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        new Writer(this, await base.ResumeAsync(request, cancellationToken));

    void Fail()
    {
        if (Next is not { } error)
            return;
        Next = null;
        throw error;
    }

    sealed class Writer(AwayStore store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            store.Fail();
            return base.AppendAsync(request, cancellationToken);
        }
    }
}
