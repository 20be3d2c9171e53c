namespace Spool.Tests;

/// <summary>A store whose writers are broken.</summary>
abstract class BreaksWriters(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        Break(await base.CreateAsync(request, cancellationToken));

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        Break(await base.ResumeAsync(request, cancellationToken));

    protected abstract IThreadWriter Break(IThreadWriter writer);
}

/// <summary>A store whose writers get their appends wrong.</summary>
abstract class BreaksAppends(IThreadStore inner) : BreaksWriters(inner)
{
    protected override IThreadWriter Break(IThreadWriter writer) => new Appender(this, writer);

    protected abstract ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    );

    sealed class Appender(BreaksAppends store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default) =>
            store.AppendAsync(Inner, request, cancellationToken);
    }
}
