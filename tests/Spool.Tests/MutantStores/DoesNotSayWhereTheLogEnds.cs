namespace Spool.Tests;

sealed class DoesNotSayWhereTheLogEnds(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        new Writer(await base.CreateAsync(request, cancellationToken));

    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        new Writer(await base.ResumeAsync(request, cancellationToken));

    sealed class Writer(IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.AppendAsync(request, cancellationToken);
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.WrongOrdinal)
            {
                throw new ThreadStoreException(e.Code, e.Message);
            }
        }
    }
}
