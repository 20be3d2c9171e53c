namespace Spool;

public sealed partial class InMemoryThreadStore
{
    /// <inheritdoc/>
    public ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
