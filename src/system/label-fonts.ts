import bold from 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf';
import mono from 'dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf';
import regular from 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';

/** The fonts of labels: DejaVu, condensed for text and monospaced for kit codes. */
export const LABEL_FONTS = { regular, bold, mono };
