import PDFDocument from 'pdfkit';

/** A PDF with one paragraph per page; an empty string makes an empty page. */
export async function samplePdf(pages: readonly string[], options: PDFKit.PDFDocumentOptions = {}): Promise<Uint8Array> {
  const pdf = new PDFDocument({ autoFirstPage: false, ...options });
  const parts: Buffer[] = [];
  pdf.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve) => pdf.on('end', resolve));
  for (const page of pages) {
    pdf.addPage();
    if (page) pdf.text(page);
  }
  pdf.end();
  await ended;
  return Buffer.concat(parts);
}
